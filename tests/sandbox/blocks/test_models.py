"""What slack_sdk's own models build is within the limits: the sandbox refuses nothing valid."""

from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    ChannelMultiSelectElement,
    ChannelSelectElement,
    CheckboxesElement,
    ConfirmObject,
    ContextBlock,
    ConversationFilter,
    ConversationMultiSelectElement,
    ConversationSelectElement,
    DatePickerElement,
    DateTimePickerElement,
    DividerBlock,
    EmailInputElement,
    ExternalDataMultiSelectElement,
    ExternalDataSelectElement,
    HeaderBlock,
    ImageBlock,
    ImageElement,
    InputBlock,
    LinkButtonElement,
    MarkdownTextObject,
    NumberInputElement,
    Option,
    OptionGroup,
    OverflowMenuElement,
    PlainTextInputElement,
    PlainTextObject,
    RadioButtonsElement,
    RichTextBlock,
    RichTextElementParts,
    RichTextInputElement,
    RichTextListElement,
    RichTextSectionElement,
    SectionBlock,
    StaticMultiSelectElement,
    StaticSelectElement,
    TimePickerElement,
    UrlInputElement,
    UserMultiSelectElement,
    UserSelectElement,
)
from slack_sdk.models.blocks.blocks import MarkdownBlock, TableBlock
from slack_sdk.models.views import View

from sandbox.blocks.limits import check_message_blocks, check_view

A = Option(text=PlainTextObject(text="A"), value="a", description="first")
B = Option(text=PlainTextObject(text="B"), value="b")
SURE = ConfirmObject(title="T", text=MarkdownTextObject(text="x"), confirm="Y", deny="N")
IMAGE = ImageElement(image_url="https://example.com/x.png", alt_text="x")
WORD = RichTextElementParts.Text(text="x", style=RichTextElementParts.TextStyle(bold=True))
PART = RichTextSectionElement(elements=[WORD, RichTextElementParts.User(user_id="U1")])

ELEMENTS = [
    ButtonElement(text="Go", action_id="a1", value="v", style="primary", confirm=SURE),
    LinkButtonElement(text="There", url="https://example.com", action_id="a2"),
    StaticSelectElement(placeholder="p", action_id="a3", options=[A, B], initial_option=A),
    StaticSelectElement(
        placeholder="p", action_id="a4", option_groups=[OptionGroup(label="G", options=[A, B])]
    ),
    ExternalDataSelectElement(placeholder="p", action_id="a5", min_query_length=1),
    UserSelectElement(placeholder="p", action_id="a6"),
    ConversationSelectElement(
        placeholder="p", action_id="a7", filter=ConversationFilter(include=["public"])
    ),
    ChannelSelectElement(placeholder="p", action_id="a8"),
    OverflowMenuElement(action_id="a9", options=[A, B]),
    DatePickerElement(action_id="a10", initial_date="2026-01-01"),
    TimePickerElement(action_id="a11", initial_time="10:00"),
    CheckboxesElement(action_id="a12", options=[A, B], initial_options=[A]),
    RadioButtonsElement(action_id="a13", options=[A, B]),
    DateTimePickerElement(action_id="a14", initial_date_time=1_700_000_000),
]

INPUTS = [
    PlainTextInputElement(action_id="a", multiline=True, min_length=1, initial_value="x"),
    NumberInputElement(action_id="a", is_decimal_allowed=True, min_value="0"),
    EmailInputElement(action_id="a"),
    UrlInputElement(action_id="a"),
    StaticMultiSelectElement(action_id="a", placeholder="p", options=[A], max_selected_items=2),
    ExternalDataMultiSelectElement(action_id="a", placeholder="p"),
    UserMultiSelectElement(action_id="a", placeholder="p"),
    ConversationMultiSelectElement(action_id="a", placeholder="p"),
    ChannelMultiSelectElement(action_id="a", placeholder="p"),
    RichTextInputElement(action_id="a"),
]


def test_messages() -> None:
    blocks = [
        HeaderBlock(text="H"),
        SectionBlock(text=MarkdownTextObject(text="x"), fields=["a", "b"], accessory=IMAGE),
        DividerBlock(),
        ActionsBlock(elements=ELEMENTS),
        ContextBlock(elements=[MarkdownTextObject(text="a"), PlainTextObject(text="b"), IMAGE]),
        ImageBlock(image_url="https://example.com/x.png", alt_text="x", title="T"),
        RichTextBlock(elements=[PART, RichTextListElement(style="bullet", elements=[PART])]),
        TableBlock(rows=[[{"type": "raw_text", "text": "x"}]]),
        MarkdownBlock(text="# x"),
    ]
    check_message_blocks([block.to_dict() for block in blocks])


def test_forms() -> None:
    blocks = [
        InputBlock(label="L", block_id=f"b{n}", hint="h", optional=True, element=element)
        for n, element in enumerate(INPUTS)
    ]
    view = View(type="modal", title="T", submit="S", close="C", blocks=blocks)
    view.notify_on_close = view.clear_on_close = True
    check_view(view.to_dict(), "modal")
