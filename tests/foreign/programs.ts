// Programs of other hands that a machine may have (Debian: mosquitto, mosquitto-clients, mbpoll, python3-pymodbus, sip-tester, socat, nmap, gir1.2-gst-rtsp-server-1.0 with GStreamer's plugins). `.ci/run` installs them; where they are
// missing their tests are left out.
import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { createConnection } from 'node:net'
import { createInterface } from 'node:readline'

export const installed = (name: string): boolean => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0
/** Debian's Python, whatever other one stands before it. */
export const PYTHON = '/usr/bin/python3'
export const pymodbus = (): boolean => spawnSync(PYTHON, ['-c', 'import pymodbus.server']).status === 0

/** GStreamer's RTSP server for Python, with what makes H.264. */
export const gstRtsp = (): boolean => spawnSync(PYTHON, ['-c', "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import Gst, GstRtspServer; Gst.init(None); raise SystemExit(0 if all(Gst.ElementFactory.find(e) for e in ('videotestsrc', 'x264enc', 'rtph264pay')) else 1)"]).status === 0

export interface Ran {
  code: number
  out: string
}
/** Runs a program to its end, in at most half a minute; the test's own servers go on meanwhile. */
export const ran = (name: string, args: readonly string[]): Promise<Ran> =>
  new Promise((done) => { execFile(name, [...args], { timeout: 30_000 }, (error, stdout, stderr) => done({ code: error ? (typeof error.code === 'number' ? error.code : -1) : 0, out: stdout + stderr })) })

/** Starts one that goes on, and waits until its port answers. */
export async function served(name: string, args: readonly string[], port: number, says?: (line: string) => void): Promise<ChildProcess> {
  const child = spawn(name, args, { stdio: ['ignore', says ? 'pipe' : 'ignore', 'ignore'] })
  if (says) createInterface({ input: child.stdout! }).on('line', says)
  for (let n = 0; n < 200; n++) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`)
    const open = await new Promise<boolean>((done) => { const s = createConnection(port, '127.0.0.1'); s.once('connect', () => { s.destroy(); done(true) }); s.once('error', () => done(false)) })
    if (open) return child
    await new Promise((go) => setTimeout(go, 100))
  }
  child.kill('SIGKILL')
  throw new Error(`${name} did not listen`)
}
