"""e-HDM, the Armenian tax service's electronic cash register: JSON over HTTPS, requests numbered without a gap."""
