"""The words of `tillcard devices`; what each of them does is in the file of its name."""

import argparse
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from devices.agent.errors import ConfigError
from devices.cli import adding, connecting, learning, listing, running, simulating, testing, verifying
from devices.cli.writing import DEFAULT
from devices.ports.port import BadAddress

OK, FAILED, WRONG = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Do what was typed; returns the exit status: 0 well, 1 it did not go well, 2 it was asked for wrongly."""
    given = list(sys.argv[1:] if argv is None else argv)
    if not given or given[0] in ("--config", "--pair"):
        given = ["run", *given]
    asked = parser().parse_args(given)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("websockets").setLevel(logging.WARNING)
    try:
        return asked.command(asked)
    except KeyboardInterrupt:
        return OK
    except (ConfigError, BadAddress) as error:
        print(str(error), file=sys.stderr)
        return WRONG


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="tillcard devices",
        description="Printers, scales, scanners and other devices of this till. Without a word: runs the agent.",
    )
    words = made.add_subparsers(title="words", metavar="WORD", required=True)

    def add(name: str, command: Callable[[argparse.Namespace], int], summary: str) -> argparse.ArgumentParser:
        word = words.add_parser(name, help=summary, description=summary)
        word.set_defaults(command=command)
        return word

    run = add("run", running.run, "Run the agent: it drives the configured devices until Ctrl+C.")
    _config(run)
    run.add_argument("--pair", action="store_true", help="print a code by which a till page can be paired")

    lists = add("list", listing.run, "Show the configured devices and what is plugged in. Sends nothing to any of it.")
    _config(lists)

    adds = add("add", adding.run, "Write a device into the configuration, after checking that it can be used.")
    _config(adds)
    adds.add_argument("id", help="a name of your own: a-z, 0-9, dash; for example receipt")
    adds.add_argument("kind", help="what it is: receipt-printer, scale, scanner, ...")
    adds.add_argument("url", help="where it is, as `list` shows it: serial:usb:1a86:7523?baud=9600, tcp://192.168.1.50")
    adds.add_argument("options", nargs="*", metavar="NAME=VALUE", help="further settings: dialect=toledo8217")

    connects = add("connect", connecting.run, "Make this computer known to the server, by a code of its back office.")
    _config(connects)
    connects.add_argument("server", help="its address, as the till page has it: https://till.shop.example")
    connects.add_argument("code", nargs="+", help="as the back office shows it under Devices: 7KQ2-M9XB")
    connects.add_argument("--again", action="store_true", help="put server and key in place of those in the file")

    tests = add(
        "test", testing.run, "Try one configured device: stop the agent first, then print, weigh, scan or open."
    )
    _config(tests)
    tests.add_argument("id", help="the name of the device in the configuration")
    tests.add_argument("--drawer", metavar="REASON", help="open the cash drawer, and say why")
    tests.add_argument("--ask", metavar="QUESTION", help="ask it something: weight, state, ...")

    learns = add(
        "learn", learning.run, "Find out with your help what a receipt printer cannot say itself, and write it down."
    )
    _config(learns)
    learns.add_argument("id", help="the name of the device in the configuration")
    learns.add_argument(
        "what", choices=sorted(learning.WAYS), help="the numbers of its code pages; the drawer's contact"
    )

    verifies = add("verify", verifying.run, "Check a real device against everything that its protocol promises.")
    verifies.add_argument("--port", required=True, help="where it is: serial:usb:1a86:7523, tcp://192.168.1.50:9100")
    verifies.add_argument("--as", required=True, dest="protocol", metavar="PROTOCOL", help="scale:toledo8217, ...")
    verifies.add_argument("--json", type=Path, metavar="FILE", help="write the report there as JSON too")

    simulates = add(
        "simulate", simulating.run, "Be a device: the real protocol over TCP or a pty, with faults to switch."
    )
    simulates.add_argument("protocol", help="scale:toledo8217, ...")
    wire = simulates.add_mutually_exclusive_group()
    wire.add_argument("--tcp", type=int, metavar="PORT", help="listen on this port of 127.0.0.1 (0: a free one)")
    wire.add_argument("--pty", action="store_true", help="open a pseudo terminal, paced to the line's speed")
    simulates.add_argument("--fault", action="append", default=[], metavar="NAME", help="begin with this fault on")
    return made


def _config(word: argparse.ArgumentParser) -> None:
    word.add_argument("--config", type=Path, default=DEFAULT, help="default: %(default)s")
