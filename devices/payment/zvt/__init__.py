"""ZVT, the cash register interface of German, Austrian and Swiss card terminals, over TCP and serial lines."""
