"""An instructor's rooms: what was handed in, graded in batches, and what is handed out."""
