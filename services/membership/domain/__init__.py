"""Pure rules of membership: states, paths, numbers, ages, codes; the day is always a parameter."""
