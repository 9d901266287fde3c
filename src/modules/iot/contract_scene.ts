// Scenes and their schedules: the calls.
import { z } from 'zod'
import { read, write } from '../../kernel/contract.ts'
import { Id, Paging, Repeatable, pageOf } from '../../kernel/shapes.ts'
import { ScheduleFields } from './shapes_calendar.ts'
import { RunOne, RunReason, RunRow, SceneFields, SceneOne, SceneRow } from './shapes_scene.ts'

const READ = 'iot.device.read'
const WRITE = 'iot.scene.write'
export const sceneCalls = {
  scenes: read({ zh: '场景', may: READ, takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(SceneRow) }) }),
  scene: read({ zh: '场景详情', may: READ, takes: z.object({ scene_id: Id }), gives: SceneOne }),
  saveScene: write({ zh: '保存场景', may: WRITE, takes: Repeatable.extend({ scene_id: Id.optional(), ...SceneFields }), gives: z.object({ scene_id: Id, version_no: z.int() }), refuses: ['iot.scene_taken', 'iot.scene_wrong', 'iot.scene_large'] }),
  stopScene: write({ zh: '停用或启用场景', may: WRITE, takes: Repeatable.extend({ scene_id: Id, stopped: z.boolean() }), gives: z.object({ scene_id: Id }) }),
  /** Each device for itself: who is not online is told so, the others go on. */
  runScene: write({ zh: '执行场景', may: 'iot.command.comfort', takes: Repeatable.extend({ scene_id: Id, reason: RunReason }), gives: z.object({ run_id: Id, sent_count: z.int(), not_sent_count: z.int() }), refuses: ['iot.scene_stopped', 'iot.scene_large', 'iot.reason_needed', 'iot.scene_empty'] }),
  sceneRuns: read({ zh: '场景执行记录', may: READ, takes: Paging.extend({ scene_id: Id }), gives: pageOf(RunRow) }),
  sceneRun: read({ zh: '场景执行结果', may: READ, takes: z.object({ run_id: Id }), gives: RunOne }),
  saveSchedule: write({ zh: '保存定时', may: WRITE, takes: Repeatable.extend({ scene_id: Id, schedule_id: Id.optional(), ...ScheduleFields }), gives: z.object({ schedule_id: Id }), refuses: ['iot.plan_past', 'iot.schedule_wrong', 'iot.schedule_many'] }),
  stopSchedule: write({ zh: '停用或启用定时', may: WRITE, takes: Repeatable.extend({ schedule_id: Id, stopped: z.boolean() }), gives: z.object({ schedule_id: Id }) }),
}
