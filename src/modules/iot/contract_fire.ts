// Fires: the calls. What follows from a fire by itself is built in; no call changes it.
import { z } from 'zod'
import { read, write } from '../../kernel/contract.ts'
import { Id, Paging, Reason, Repeatable, pageOf } from '../../kernel/shapes.ts'
import { FireNote, FireOne, FireCaseRow, Verdict } from './shapes_fire.ts'

const HANDLE = 'iot.alarm.handle'
const One = Repeatable.extend({ fire_id: Id })
export const fireCalls = {
  fires: read({ zh: '消防火警', may: 'iot.device.read', takes: Paging.extend({ community_id: Id.optional(), open: z.boolean().optional().meta({ zh: '只看未结束' }) }), gives: pageOf(FireCaseRow) }),
  fire: read({ zh: '火警详情', may: 'iot.device.read', takes: z.object({ fire_id: Id }), gives: FireOne }),
  confirmFire: write({ zh: '确认火警', may: HANDLE, takes: One.extend({ reason: Reason }), gives: z.object({ fire_id: Id }), refuses: ['iot.fire_over', 'iot.fire_confirmed'] }),
  endFire: write({ zh: '结束火警', may: HANDLE, takes: One.extend({ verdict: Verdict, note: FireNote.meta({ zh: '处置情况' }) }), gives: z.object({ fire_id: Id }), refuses: ['iot.fire_over'] }),
}
