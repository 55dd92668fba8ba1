// Nothing: what a compiled program takes to start and end.
