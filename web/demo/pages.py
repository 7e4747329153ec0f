"""Pages that only the demo shop has: a start page with its PINs, and its simulated printer to look at and to break."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Template
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from devices.agent.errors import ConfigError
from devices.cli.simulating import obey, verbs_of
from devices.receipt.render import render_png, render_text
from devices.receipt.simulator import PrinterSimulator
from pos.registers.service import pairing_code
from web.demo.errors import NotUnderstood, ReceiptPictureNotFound, SimulatedDeviceNotFound
from web.office.pages import page

Asker = Request[Any, Any, Any]
SHOWN = 30
FAULTS = ("silent", "garbage", "split", "damaged", "refuse", "echo")


class FaultForm(BaseModel):
    """Which fault to switch, and to what."""

    fault: Literal["paper_out", "cover_open", "mute", "power"]
    on: bool = False


@get("/", include_in_schema=False)
async def start(request: Asker, state: State) -> Template:
    """Where everything is, and who may sign in with which PIN."""
    return page(request, "demo.html", demo=state.demo)


@get("/demo/till", include_in_schema=False)
async def open_till(session: AsyncSession, state: State, now: datetime) -> Redirect:
    """Open the till; a browser that is not paired yet becomes the first register by the code in the address."""
    register: UUID = state.demo.register_id
    return Redirect(f"/till#pair={await pairing_code(session, register, at=now)}")


@get("/demo/printer", include_in_schema=False)
async def printer(request: Asker, state: State) -> Template:
    """The simulated printer: its paper, and faults to switch on."""
    return page(request, "printer.html", **printed(state))


@get("/demo/printer/receipts", include_in_schema=False)
async def receipts(request: Asker, state: State) -> Template:
    """What came out of the printer, the newest first."""
    return page(request, "_printed.html", **printed(state))


@get("/demo/printer/receipts/{place:int}", include_in_schema=False, media_type="image/png", cache=False)
async def picture(state: State, place: int) -> Response[bytes]:
    """One receipt as a picture, decoded from the bytes that went through the socket."""
    printed = simulator(state).receipts
    if not 0 <= place < len(printed):
        raise ReceiptPictureNotFound(place=place)
    return Response(render_png(printed[place].data), media_type="image/png", headers={"cache-control": "no-cache"})


@post("/demo/printer/fault", status_code=303, include_in_schema=False)
async def switch_fault(
    state: State, data: Annotated[FaultForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Redirect:
    """Break the printer, or mend it."""
    printer = simulator(state)
    match data.fault:
        case "paper_out":
            printer.set_paper("out" if data.on else "ok")
        case "cover_open":
            printer.set_cover(opened=data.on)
        case "mute":
            printer.faults.silent = data.on
        case "power":
            printer.power_off() if data.on else printer.power_on()
    return Redirect("/demo/printer", status_code=303)


class LineForm(BaseModel):
    """What is done to a simulated device, as `tillcard devices simulate` would read it."""

    line: Annotated[str, Field(max_length=200)]
    words: Annotated[str, Field(max_length=200)] = ""


@get("/demo/devices", include_in_schema=False)
async def simulated(request: Asker, state: State) -> Template:
    """The other simulated devices: what can be done to them, and what can go wrong."""
    verbs = {each.id: verbs_of(each.simulator) for each in state.demo.others}
    return page(request, "simulated.html", others=state.demo.others, verbs=verbs, faults=FAULTS, codes=state.demo.codes)


@post("/demo/devices/{device_id:str}", status_code=303, include_in_schema=False)
async def act_on(
    state: State, device_id: str, data: Annotated[LineForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Redirect:
    """Put goods on the pan, scan a code, switch a fault. Raises `SimulatedDeviceNotFound`, `NotUnderstood`."""
    device = next((each for each in state.demo.others if each.id == device_id), None)
    if device is None:
        raise SimulatedDeviceNotFound(device=device_id)
    line = f"{data.line} {data.words}".strip()
    try:
        obey(device.simulator, line)
    except ConfigError as error:
        raise NotUnderstood(line=line) from error
    return Redirect("/demo/devices", status_code=303)


def printed(state: State) -> dict[str, Any]:
    """The receipts with their places and words, the newest first, and how often the drawer was opened."""
    printer = simulator(state)
    receipts = [(place, render_text(receipt.data)) for place, receipt in enumerate(printer.receipts)]
    return {"receipts": receipts[-SHOWN:][::-1], "kicks": len(printer.kicks)}


def simulator(state: State) -> PrinterSimulator:
    return state.demo.printer


DEMO = Router(path="/", route_handlers=[start, open_till, printer, receipts, picture, switch_fault, simulated, act_on])
