// Passages of staff become punches where their team counts doors: each once, those of a controller without network too, and of nobody else.
import { beforeAll, expect, test } from 'vitest'
import { workOf } from '../../../../tests/attendance_kit.ts'
import { doorsKit, gateAndUnits, type DoorsKit } from '../../../../tests/doors_kit.ts'
import { hire, orgOf } from '../../../../tests/staff_kit.ts'
import { lasting } from '../../../../tests/votes_kit.ts'
import { setClock } from '../../../kernel/clock.ts'
import type { DoorTerminal } from '../../../world/outside/door_terminal.ts'
import { attendance } from '../../attendance/contract.ts'
import { doors } from '../contract.ts'

let k: DoorsKit
let gate: DoorTerminal
const at = (time: string): void => setClock(`2026-11-26T${time}.000Z`)
beforeAll(async () => {
  setClock('2026-03-05T02:00:00.000Z')
  k = await doorsKit()
  await lasting(k.t)
  const org = await orgOf(k.t, k.w.community_id)
  const { employee_id } = await hire(k.admin, org, k.w.community_id, { name: '门岗', account_id: k.guard.account_id })
  const team = await workOf(k.t, k.w.community_id, { doors: true })
  await k.admin(attendance.join, { team_id: team.team_id, employee_ids: [employee_id], from_on: '2026-03-05' })
  at('00:00:00')
  ;({ gate } = await gateAndUnits(k))
}, 120_000)

test('a card of staff at a door is a punch, once; of residents none', async () => {
  const role = (await k.head(doors.staffAndRoles, {})).roles.find((r) => r.name === '保安')!
  await k.head(doors.grantRight, { group_id: await k.group('岗亭', ['南门人行']), who: 'role', role_id: role.role_id, times: [], from_on: '2026-11-01', to_on: null, reason: '上岗' })
  await k.head(doors.issueCard, { account_id: k.guard.account_id, community_id: k.w.community_id, card_no: 'A0001', to_on: null, reason: null })
  await k.head(doors.issueCard, { person_id: k.w.persons['张三']!, house_id: k.w.houses['1-1-101']!, community_id: k.w.community_id, card_no: '0012345678', to_on: null, reason: null })
  await gate.settle()
  at('00:01:00')
  // Each message comes twice.
  gate.doubles = 1
  expect([await gate.swipe('A0001'), await gate.swipe('0012345678')]).toEqual([true, true])
  const punches = async () => (await k.admin(attendance.punches, { way: 'door' })).rows
  expect(await punches()).toMatchObject([{ name: '门岗', place_state: 'door', place_name: '南门人行', clock: 'door', which: null, at: '2026-11-26T00:01:00.000Z' }])
  gate.unplugged = true
  at('09:31:00')
  await gate.swipe('A0001').catch(() => undefined)
  gate.unplugged = false
  at('12:00:00')
  await gate.settle()
  expect((await punches()).map((p) => p.at)).toEqual(['2026-11-26T09:31:00.000Z', '2026-11-26T00:01:00.000Z'])
})
