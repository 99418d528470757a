"""Tables and queries; every query begins with what the actor may see."""
