"""Steps at native speed: LLVM source is compiled once, kept on disk, and called at little cost."""
