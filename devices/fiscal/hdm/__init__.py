"""HDM (ՀԴՄ), the Armenian cash register: JSON in 3DES frames over TCP, an operator logged in."""
