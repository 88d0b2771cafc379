"""The emoji shortcodes that people and apps use most; an unknown one stays as it is written."""

import re

_SHORTCODE = re.compile(r":([a-z0-9_+'-]*[a-z][a-z0-9_+'-]*|\+1|-1|100):(?::skin-tone-[2-6]:)?")

_TABLE = """
+1 👍 thumbsup 👍 -1 👎 thumbsdown 👎 100 💯 alarm_clock ⏰ ambulance 🚑 anger 💢
arrow_down ⬇️ arrow_left ⬅️ arrow_right ➡️ arrow_up ⬆️ arrows_counterclockwise 🔄 art 🎨
balloon 🎈 bangbang ‼️ bar_chart 📊 beers 🍻 bell 🔔 birthday 🎂 black_circle ⚫ blush 😊
bookmark 🔖 books 📚 boom 💥 brain 🧠 broom 🧹 bug 🐛 building_construction 🏗️ bulb 💡
calendar 📆 card_index 📇 chains ⛓️ chart_with_downwards_trend 📉 chart_with_upwards_trend 📈
checkered_flag 🏁 clap 👏 clipboard 📋 clock1 🕐 clock9 🕘 closed_lock_with_key 🔐 cloud ☁️
coffee ☕ coffin ⚰️ computer 💻 confused 😕 construction 🚧 cop 👮 credit_card 💳 cry 😢
crystal_ball 🔮 dart 🎯 date 📅 dizzy 💫 dollar 💵 door 🚪 droplet 💧 email 📧 envelope ✉️
exclamation ❗ eyes 👀 face_with_monocle 🧐 facepalm 🤦 file_folder 📁 fire 🔥 flag-us 🇺🇸
floppy_disk 💾 ghost 👻 gem 💎 gear ⚙️ gift 🎁 globe_with_meridians 🌐 grey_question ❔
grin 😁 grinning 😀 hammer 🔨 hammer_and_wrench 🛠️ handshake 🤝 headstone 🪦 heart ❤️
heart_eyes 😍 heavy_check_mark ✔️ heavy_minus_sign ➖ heavy_multiplication_x ✖️
heavy_plus_sign ➕ hourglass ⌛ hourglass_flowing_sand ⏳ house 🏠 hugging_face 🤗
inbox_tray 📥 information_source ℹ️ joy 😂 key 🔑 label 🏷️ large_blue_circle 🔵
large_green_circle 🟢 large_orange_circle 🟠 large_red_circle 🔴 large_yellow_circle 🟡
laughing 😆 link 🔗 lock 🔒 loudspeaker 📢 mag 🔍 mailbox 📫 mega 📣 memo 📝
money_with_wings 💸 moneybag 💰 moon 🌔 muscle 💪 neutral_face 😐 new 🆕 no_bell 🔕
no_entry ⛔ no_entry_sign 🚫 ok 🆗 ok_hand 👌 open_file_folder 📂 outbox_tray 📤 package 📦
page_facing_up 📄 paperclip 📎 party_popper 🎉 pencil 📝 pencil2 ✏️ phone ☎️ point_down 👇
point_left 👈 point_right 👉 point_up ☝️ pray 🙏 purple_circle 🟣 pushpin 📌 question ❓
rabbit 🐰 rage 😡 rainbow 🌈 raised_hands 🙌 receipt 🧾 recycle ♻️ red_circle 🔴 repeat 🔁
robot_face 🤖 rocket 🚀 rotating_light 🚨 round_pushpin 📍 runner 🏃 scales ⚖️ scream 😱
scroll 📜 seedling 🌱 shield 🛡️ shrug 🤷 sleeping 😴 slightly_frowning_face 🙁
slightly_smiling_face 🙂 smile 😄 smiley 😃 smirk 😏 snail 🐌 snowflake ❄️ sob 😭 sos 🆘
sparkles ✨ speech_balloon 💬 star ⭐ stopwatch ⏱️ sunglasses 😎 sunny ☀️ sweat 😓
sweat_smile 😅 tada 🎉 test_tube 🧪 thinking_face 🤔 thought_balloon 💭 timer_clock ⏲️
toolbox 🧰 trophy 🏆 turtle 🐢 unlock 🔓 upside_down_face 🙃 wastebasket 🗑️ warning ⚠️ wave 👋
wavy_dash 〰️ white_check_mark ✅ white_circle ⚪ wink 😉 wrench 🔧 writing_hand ✍️ x ❌
yum 😋 zap ⚡ zzz 💤
"""

EMOJI = dict(zip(_TABLE.split()[::2], _TABLE.split()[1::2], strict=True))


def with_emoji(text: str) -> str:
    return _SHORTCODE.sub(lambda found: EMOJI.get(found[1], found[0]), text)
