"""An existing project gets its image: what is found in its files, and the files that are proposed."""
