// Plate cameras of makers whose barrier opens by being asked, in a lot of tests/park_kit.ts: each with the page that the platform asks, and a server that hears of commands.
import { afterAll } from 'vitest'
import { nowMs } from '../src/kernel/clock.ts'
import { parking, type DialectName } from '../src/modules/parking/contract.ts'
import { takePush } from '../src/modules/parking/server/index.ts'
import { GateOpener } from '../src/modules/parking/server/open_now.ts'
import { DahuaCamera } from '../src/world/outside/dahua_camera.ts'
import { HikCamera } from '../src/world/outside/hik_camera.ts'
import type { Caller, TestApp } from './harness.ts'

export const SIGN_IN = { user: 'admin', password: 'a-Camera-9' }
/** A server of these tests that asks cameras to open; ends with the file. */
export async function opening(t: TestApp): Promise<GateOpener> {
  const opener = new GateOpener(t.app)
  await opener.start()
  afterAll(() => opener.stop())
  return opener
}
export const refOf = async (admin: Caller, camera_id: string): Promise<string> => (await admin(parking.cameraAddress, { camera_id })).path.replace('/gate/plate/', '')
/** A camera of another maker in place of the one that stands at a lane. */
export async function becomes(admin: Caller, o: { camera_id: string; lane_id: string; direction: 'in' | 'out'; dialect: DialectName }): Promise<void> {
  await admin(parking.saveCamera, { camera_id: o.camera_id, lane_id: o.lane_id, name: '相机', direction: o.direction, dialect: o.dialect, channel: 1, serial_no: null, retired: false })
}
export async function hikAt(t: TestApp, admin: Caller, o: { camera_id: string; lane_id: string; direction: 'in' | 'out'; reach?: boolean }): Promise<HikCamera & { port: number; ref: string }> {
  await becomes(admin, { ...o, dialect: 'hikvision' })
  const ref = await refOf(admin, o.camera_id)
  const cam = new HikCamera({ serial_no: `HK-${o.direction}`, ...SIGN_IN, nowMs, send: (type, body) => takePush(t.app, ref, type, body) })
  const port = await cam.listen()
  if (o.reach !== false) await admin(parking.saveCameraReach, { camera_id: o.camera_id, address: `http://127.0.0.1:${port}`, ...SIGN_IN })
  return Object.assign(cam, { port, ref })
}
export async function dahuaAt(t: TestApp, admin: Caller, o: { camera_id: string; lane_id: string; direction: 'in' | 'out'; reach?: boolean }): Promise<DahuaCamera & { port: number; ref: string }> {
  await becomes(admin, { ...o, dialect: 'dahua' })
  const ref = await refOf(admin, o.camera_id)
  const cam = new DahuaCamera({ serial_no: `DH-${o.direction}`, ...SIGN_IN, nowMs, send: (path, type, body) => takePush(t.app, ref, type, body, path.slice(1)) })
  const port = await cam.listen()
  if (o.reach !== false) await admin(parking.saveCameraReach, { camera_id: o.camera_id, address: `http://127.0.0.1:${port}`, ...SIGN_IN })
  return Object.assign(cam, { port, ref })
}
