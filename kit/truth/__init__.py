"""What is right: inputs to ask with and oracles that answer them, none of which uses a submission or a solution."""
