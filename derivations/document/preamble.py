r"""What stands around the body of a LaTeX document: an article, or a book of chapters."""

from __future__ import annotations

_SETTING = r"""\usepackage[a4paper,margin=32mm]{geometry}
\usepackage{amsmath,amssymb,mathtools,array,booktabs,longtable,graphicx,microtype}
\usepackage[numbers]{natbib}
\usepackage[hidelinks,unicode,psdextra]{hyperref}
%(characters)s\setlength{\parindent}{0pt}
\setlength{\parskip}{0.6\baselineskip}
\allowdisplaybreaks
%% The rule that leads to an equation stands before it, what the machine checked behind it.
\renewcommand{\because}[1]{\par{\small\itshape #1}}
\newcommand{\checked}[1]{\par\nobreak\vskip-0.5\baselineskip\nobreak
  {\raggedleft\footnotesize $\checkmark$\ #1\par}}
\newcommand{\unchecked}{\par\penalty0}
\postdisplaypenalty=10000 \displaywidowpenalty=10000 \clubpenalty=10000
%% What is wider than its place is made smaller.
\newsavebox{\fitbox}
\newcommand{\fitted}[2]{\sbox{\fitbox}{#2}\ifdim\wd\fitbox>#1\relax
  \resizebox{#1}{!}{\usebox{\fitbox}}\else\usebox{\fitbox}\fi}
\AtBeginDocument{\abovedisplayskip=5pt \abovedisplayshortskip=5pt
  \belowdisplayskip=7pt \belowdisplayshortskip=7pt}
\newenvironment{code}{\par\ttfamily\footnotesize\raggedright\parskip=0pt}{\par}
\hypersetup{pdftitle={%(title)s}}
"""

ARTICLE = (
    r"\documentclass[11pt]{article}"
    "\n"
    + _SETTING
    + r"""\begin{document}
{\LARGE\bfseries\raggedright %(title)s\par}\bigskip
%(body)s
\end{document}
"""
)

BOOK = (
    r"\documentclass[11pt]{report}"
    "\n"
    + _SETTING
    + r"""\setcounter{tocdepth}{1}
\emergencystretch=2em
\makeatletter
%% A chapter begins a page only where little of the page is left.
\renewcommand\chapter{\par\ifdim\pagetotal>.55\pagegoal\clearpage\else\vskip3\baselineskip\fi
  \global\@topnum\z@\@afterindentfalse\secdef\@chapter\@schapter}
\renewcommand{\@makechapterhead}[1]{{\raggedright\huge\bfseries
  \makebox[1.9em][l]{\thechapter}#1\par\nobreak\vskip 1.2\baselineskip}}
\renewcommand{\@makeschapterhead}[1]{{\raggedright\huge\bfseries
  #1\par\nobreak\vskip 1.2\baselineskip}}
\renewcommand{\@pnumwidth}{2em}
\renewcommand{\numberline}[1]{\hb@xt@\@tempdima{#1\hfil}\hspace{0.4em}}
\renewcommand*\l@section{\@dottedtocline{1}{1.5em}{2.8em}}
\makeatother
\pagestyle{headings}
\renewcommand{\chaptermark}[1]{\markright{\normalfont\small\thechapter\quad #1}}
\renewcommand{\sectionmark}[1]{}
\renewcommand{\bibname}{References}
\begin{document}
\hypersetup{pageanchor=false}
\begin{titlepage}
\vspace*{0.2\textheight}
{\Huge\bfseries\raggedright %(title)s\par}\bigskip
%(notes)s
\end{titlepage}
\hypersetup{pageanchor=true}
{\parskip=0pt\tableofcontents}
%(body)s
\end{document}
"""
)
