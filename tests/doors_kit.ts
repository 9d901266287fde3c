// Doors for tests: people who may set them up, controllers that speak docs/doors.md from the other side, and the arrangement most tests begin from.
import { nowMs } from '../src/kernel/clock.ts'
import { doors } from '../src/modules/doors/contract.ts'
import { takeDoorFace, takeDoorPush } from '../src/modules/doors/server/index.ts'
import { DoorTerminal } from '../src/world/outside/door_terminal.ts'
import { testApp, type Caller, type TestApp } from './harness.ts'
import { tinyWorld, type TinyWorld } from './tiny_world.ts'

export interface Port {
  name: string
  kind: 'gate' | 'unit' | 'room'
  /** Number of the building, and of its unit. */
  building?: string
  unit_no?: string
  fire?: boolean
}
export interface DoorsKit {
  t: TestApp
  w: TinyWorld
  admin: Caller
  head: Caller & { account_id: string }
  guard: Caller & { account_id: string }
  elsewhere: Caller
  /** Ids of controllers and doors by name, of groups by key; addresses of controllers. */
  id: Record<string, string>
  path: Record<string, string>
  controller: (name: string, ports: readonly Port[]) => Promise<DoorTerminal>
  group: (name: string, doors: readonly string[]) => Promise<string>
}
export async function doorsKit(): Promise<DoorsKit> {
  const t = await testApp()
  const w = await tinyWorld(t)
  const admin = t.as('admin')
  const here = { scope_kind: 'community' as const, scope_ids: [w.community_id] }
  const head = await t.hire('guard_head', here)
  const id: Record<string, string> = {}
  const path: Record<string, string> = {}
  return {
    t, w, admin, head, guard: await t.hire('guard', here), elsewhere: await t.hire('guard_head', { scope_kind: 'community', scope_ids: ['00000000-0000-4000-8000-000000000000'] }), id, path,
    controller: async (name, ports) => {
      const { controller_id } = await admin(doors.saveController, { community_id: w.community_id, name, serial_no: null, retired: false })
      id[name] = controller_id
      for (const [i, p] of ports.entries()) id[p.name] = (await admin(doors.saveDoor, { controller_id, port_no: i + 1, building_id: p.building ? w.buildings[p.building]! : null, unit_no: p.unit_no ?? null, name: p.name, kind: p.kind, fire_release: p.fire ?? false, held_s: 30, retired: false })).door_id
      const at = (await admin(doors.controllerAddress, { controller_id })).path
      path[name] = at
      const ref = at.replace('/gate/door/', '')
      return new DoorTerminal({ path: at, ports: ports.map((_, i) => i + 1), nowMs, send: (body) => takeDoorPush(t.app, ref, body), face: (face_id) => takeDoorFace(t.app, ref, face_id) })
    },
    group: async (name, names) => (await head(doors.saveGroup, { community_id: w.community_id, name, door_ids: names.map((n) => id[n]!) })).group_id,
  }
}
/** The gate (one controller, two doors) and the two units of building 1 (one controller), open to all residents. */
export async function gateAndUnits(k: DoorsKit): Promise<{ gate: DoorTerminal; units: DoorTerminal }> {
  const gate = await k.controller('南门控制器', [{ name: '南门人行', kind: 'gate', fire: true }, { name: '南门车旁', kind: 'gate' }])
  const units = await k.controller('1栋控制器', [{ name: '1栋1单元门', kind: 'unit', unit_no: '1', building: '1', fire: true }, { name: '1栋2单元门', kind: 'unit', unit_no: '2', building: '1', fire: true }])
  await openToAll(k, 'all', ['南门人行', '南门车旁', '1栋1单元门', '1栋2单元门'], '大门与单元门')
  return { gate, units }
}
/** A group of these doors that every resident may open; its id under `key`. */
export async function openToAll(k: DoorsKit, key: string, names: readonly string[], name: string): Promise<void> {
  k.id[key] = await k.group(name, names)
  await k.head(doors.grantRight, { group_id: k.id[key], who: 'community', times: [], from_on: '2026-01-01', to_on: null, reason: '业主日常通行' })
}
