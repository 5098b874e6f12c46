# Shared by the set-up scripts: say what happens, install Debian packages where that is possible, explain failures.
if [ -t 2 ]; then bold=$'\033[1m' red=$'\033[31m' plain=$'\033[0m'; else bold='' red='' plain=''; fi
say() { printf '%s\n' "$bold$*$plain" >&2; }
fail() { printf '%s\n' "$red$*$plain" >&2; exit 1; }

# count TOTAL: read pip's output and show how many packages it has come to.
count() {
  local n=0 line
  while IFS= read -r line; do
    case $line in
      Collecting*) n=$((n + 1)); [ ! -t 2 ] || printf '\r  %d of up to %d' "$n" "$1" >&2 ;;
      Installing*) [ ! -t 2 ] || printf '\r  unpacking          ' >&2 ;;
    esac
  done
  [ ! -t 2 ] || printf '\r                    \r' >&2
}

# debian_packages PACKAGE...: install what is missing, as root or through a sudo that asks for nothing.
debian_packages() {
  local missing=() package as_root=()
  command -v apt-get >/dev/null || { say "This is not Debian: please install $* yourself."; return 1; }
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || { say "Please run: sudo apt-get install ${missing[*]}"; return 1; }
    as_root=(sudo -n)
  fi
  say "Installing Debian packages: ${missing[*]}"
  local install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends)
  "${install[@]}" "${missing[@]}" >/dev/null 2>&1 && return 0
  "${as_root[@]}" apt-get update -qq && "${install[@]}" "${missing[@]}" >/dev/null
}
