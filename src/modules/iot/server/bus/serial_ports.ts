// Serial ports of this machine that a bus may use: adapters by their own name where the system knows one (it stays when they are plugged in elsewhere), else as they are numbered.
// HEYUAN_SERIAL_PORTS (paths, by comma) leaves only those. Nothing else is ever opened.
import { readFile, readdir, realpath, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'

export interface SerialPlace {
  path: string
  name: string
}
const MAX = 64
const BY_ID = '/dev/serial/by-id'
const listed = (dir: string): Promise<string[]> => readdir(dir).catch(() => [])
const isDevice = async (path: string): Promise<boolean> => (await stat(path).catch(() => null))?.isCharacterDevice() ?? false
/** Of ttyS there are names without anything behind them. */
async function isReal(name: string): Promise<boolean> {
  if (!name.startsWith('ttyS')) return true
  const type = await readFile(`/sys/class/tty/${name}/type`, 'utf8').catch(() => '0')
  return type.trim() !== '0'
}
async function named(): Promise<(SerialPlace & { at: string })[]> {
  const out: (SerialPlace & { at: string })[] = []
  for (const id of (await listed(BY_ID)).toSorted().slice(0, MAX)) {
    const path = join(BY_ID, id)
    const at = await realpath(path).catch(() => null)
    if (at && (await isDevice(at))) out.push({ path, at, name: `${id.replace(/^usb-/, '').replace(/-if\d.*$/, '')}(${basename(at)})` })
  }
  return out
}
export async function serialPorts(): Promise<SerialPlace[]> {
  const only = process.env['HEYUAN_SERIAL_PORTS']
  if (only !== undefined) {
    const paths = only.split(',').map((x) => x.trim()).filter(Boolean).slice(0, MAX)
    const there = await Promise.all(paths.map(isDevice))
    return paths.filter((_, i) => there[i]).map((path) => ({ path, name: basename(path) }))
  }
  if (process.platform !== 'linux') {
    const { autoDetect } = await import('@serialport/bindings-cpp')
    return (await autoDetect().list()).slice(0, MAX).map((p) => ({ path: p.path, name: p.path }))
  }
  const known = await named()
  const rest: SerialPlace[] = []
  for (const name of (await listed('/dev')).filter((n) => /^tty(USB|ACM|AMA|XRUSB|S)\d+$/.test(n)).toSorted()) {
    if (known.some((k) => k.at === `/dev/${name}`) || !(await isReal(name)) || !(await isDevice(`/dev/${name}`))) continue
    rest.push({ path: `/dev/${name}`, name })
  }
  return [...known.map(({ path, name }) => ({ path, name })), ...rest].slice(0, MAX)
}
