"""A crew's day, played against a running server over real HTTP, and the proof that nothing was lost or doubled."""
