// Energy: what was used, where, when, against what; targets.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Day, Id, Month, Repeatable, Text } from '../../kernel/shapes.ts'
import { MeterKind } from '../meters/contract.ts'
import { Energy, EnergyAsk, EnergyDay, Night, Target } from './shapes_energy.ts'

const READ = 'iot.device.read'
const RULE = 'iot.rule.write'
const long = ['iot.span_long'] as const
export const energyCalls = {
  energy: read({ zh: '能耗分析', may: READ, takes: EnergyAsk, gives: Energy, refuses: long }),
  energyExcel: download({ zh: '导出能耗分析', may: READ, takes: EnergyAsk, refuses: long }),
  /** The days behind one figure. */
  energyDays: read({ zh: '能耗按日', may: READ, takes: EnergyAsk.extend({ key: Text(80).meta({ zh: '区域' }) }), gives: z.object({ unit: z.string(), rows: z.array(EnergyDay), devices: z.array(z.object({ device_id: Id, name: z.string().meta({ zh: '设备' }), place: z.string().meta({ zh: '安装位置' }), use: z.string().nullable().meta({ zh: '用量' }) })) }), refuses: long }),
  energyTargets: read({ zh: '能耗指标', may: READ, takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(Target), ...Night }) }),
  saveEnergyTarget: write({ zh: '保存能耗指标', may: RULE, takes: Repeatable.extend({ community_id: Id.meta({ zh: '小区' }), kind: MeterKind, from_month: Month.meta({ zh: '生效月' }), month_use: z.number().min(0.001, '应大于 0').max(1e9).nullable().meta({ zh: '每月上限(空为不设)' }) }), gives: z.object({ target_id: Id }), refuses: ['iot.month_past'] }),
  saveEnergyNight: write({ zh: '保存夜间时段', may: RULE, takes: Repeatable.extend({ from_on: Day.meta({ zh: '生效日' }), ...Night }), gives: z.object({ from_on: Day }), refuses: ['iot.plan_past', 'iot.night_same'] }),
}
