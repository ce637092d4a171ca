#!/usr/bin/env bash
# Makes sure that there is a browser with its driver. Installs them where apt-get can; where it
# cannot, says what to type and fails. CHROME and CHROMEDRIVER name programs in other places.
set -euo pipefail

# The places where desirepath itself looks (src/browser/programs.rs).
browsers=(chromium chromium-browser google-chrome-stable google-chrome chrome
    /usr/bin/chromium /snap/bin/chromium /opt/google/chrome/chrome
    /Applications/Chromium.app/Contents/MacOS/Chromium
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
drivers=(chromedriver /usr/bin/chromedriver /usr/lib/chromium/chromedriver
    /usr/lib/chromium-browser/chromedriver /snap/bin/chromium.chromedriver
    /opt/homebrew/bin/chromedriver /usr/local/bin/chromedriver)

# Whether the program that the first argument names, or else one of the others, is there.
found() {
    local named=$1 program
    shift
    if [ -n "$named" ]; then
        [ -f "$named" ] && [ -x "$named" ]
        return
    fi
    for program in "$@"; do
        if command -v "$program" >/dev/null; then return 0; fi
    done
    return 1
}

complete() {
    found "${CHROME:-}" "${browsers[@]}" && found "${CHROMEDRIVER:-}" "${drivers[@]}"
}

# Ubuntu's packages have names of their own.
packages() {
    local ID=''
    if [ -r /etc/os-release ]; then . /etc/os-release; fi
    if [ "$ID" = ubuntu ]; then
        echo chromium-browser chromium-chromedriver
    else
        echo chromium chromium-driver
    fi
}

# Says what is missing and what to type.
give_up() {
    {
        echo "error: $1"
        if command -v apt-get >/dev/null; then
            local sudo='sudo '
            if [ "$(id -u)" -eq 0 ]; then sudo=''; fi
            echo "Type: ${sudo}apt-get update && ${sudo}apt-get install -y $(packages)"
        else
            echo "Install Chromium or Chrome and the chromedriver of the same version."
        fi
        echo "Or set CHROME and CHROMEDRIVER to the paths of the two programs."
    } >&2
    exit 1
}

if complete; then exit 0; fi
if [ -n "${CHROME:-}${CHROMEDRIVER:-}" ]; then
    give_up "no browser with its driver: CHROME=${CHROME:-} CHROMEDRIVER=${CHROMEDRIVER:-}"
fi
command -v apt-get >/dev/null || give_up "Chromium or its driver is missing."
if [ "$(id -u)" -eq 0 ]; then
    as_root=(env DEBIAN_FRONTEND=noninteractive)
elif sudo -n true 2>/dev/null; then
    as_root=(sudo -n env DEBIAN_FRONTEND=noninteractive)
else
    give_up "Chromium or its driver is missing, and only root may install it."
fi
read -ra wanted < <(packages)
echo "Installing ${wanted[*]}" >&2
"${as_root[@]}" apt-get update -qq >&2 || give_up "apt-get update failed."
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null ||
    give_up "apt-get could not install ${wanted[*]}."
complete || give_up "${wanted[*]} are installed, and there is no browser with its driver still."
