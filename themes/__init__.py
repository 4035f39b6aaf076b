"""The shipped themes, one TOML file each; installed as the data package `chattor.themes`. No code."""
