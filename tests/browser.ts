// A real browser for the walks: $CHROMIUM, else Debian's, else the one that a registry package ships (no root, no download).
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { chromium, type Browser } from 'playwright-core'

// Without the background flags the browser tries to reach its maker's hosts at every start.
const ARGS = ['--no-sandbox', '--no-zygote', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--font-render-hinting=none']

const own = process.env['CHROMIUM'] ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
/** The shipped one is a shell without notifications: it refuses them whatever it is told. */
export const hasNotifications = own !== undefined

export async function openBrowser(): Promise<Browser> {
  // Debian's brings no Chinese font: the same letters, and widths, in both.
  const env = { ...(process.env as Record<string, string>), FONTCONFIG_FILE: fontConfig() }
  if (own) return chromium.launch({ executablePath: own, args: ARGS, env })
  const shipped = (await import('@sparticuz/chromium')).default
  return chromium.launch({ executablePath: await shipped.executablePath(), args: ['--headless=shell', ...ARGS], env })
}

/** Chinese without a system font: a fontconfig that points at the TTF of a registry package. */
function fontConfig(): string {
  const fonts = dirname(createRequire(import.meta.url).resolve('@expo-google-fonts/noto-sans-sc/package.json'))
  const folder = join(tmpdir(), 'heyuan-fonts')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'fonts.conf')
  writeFileSync(file, `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>${fonts}</dir><cachedir>${folder}/cache</cachedir></fontconfig>`)
  return file
}
