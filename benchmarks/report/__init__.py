"""What a race leaves behind: tables, profiles, figures, and one page that holds them all."""
