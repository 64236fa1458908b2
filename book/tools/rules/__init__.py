"""What the book promises, each rule a function that names the defect, its place and its remedy."""
