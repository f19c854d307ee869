"""Where the parts of the training page stand: on a phone, on a small screen, on a large one."""

GRID = {
    "display": "grid",
    "gap": "12px",
    "p": {"xs": "12px", "sm": "12px 16px 16px"},
    "boxSizing": "border-box",
    "bgcolor": "background.default",
    "overflow": "hidden auto",
    "gridTemplateAreas": {
        "xs": '"bar" "tiles" "board" "curves" "tabs"',
        "sm": '"bar bar" "tiles tiles" "board curves" "tabs tabs"',
    },
    "gridTemplateColumns": {
        "xs": "minmax(0, 1fr)",
        "sm": "402px minmax(0, 1fr)",
        "lg": "minmax(0, clamp(440px, 100vh - 338px, 60%)) minmax(0, 1fr)",
    },
    "gridTemplateRows": {
        "xs": "auto 116px calc(100vw + 12px) 520px 300px",
        "sm": "auto 60px minmax(396px, 1fr) 200px",
        "lg": "auto 60px minmax(400px, 1fr) 160px",
    },
}
