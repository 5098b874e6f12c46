"""What the pages, exports and commands of counting show: lists, tables, the register of figures."""
