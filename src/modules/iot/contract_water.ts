// Leak and unusual use of water: the limits, and what a resident sees of his own meter.
import { z } from 'zod'
import { read, write } from '../../kernel/contract.ts'
import { Day, Id, Repeatable } from '../../kernel/shapes.ts'
import { MyWaterAlarm, WaterWatch, WaterWatchNow } from './shapes_water.ts'

export const waterCalls = {
  waterWatch: read({ zh: '用水异常标准', may: 'iot.device.read', takes: z.object({}), gives: WaterWatchNow }),
  saveWaterWatch: write({ zh: '保存用水异常标准', may: 'iot.rule.write', takes: Repeatable.extend({ from_on: Day.meta({ zh: '生效日' }), ...WaterWatch.shape }), gives: z.object({ from_on: Day }), refuses: ['iot.plan_past', 'iot.night_order'] }),
  myWater: read({ zh: '我的用水提醒', may: 'resident', takes: z.object({ house_id: Id }), gives: z.object({ rows: z.array(MyWaterAlarm) }) }),
}
