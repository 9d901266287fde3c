// Commands, alarms, rules: the calls.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Day, Id, Instant, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { Key, Level } from './shapes.ts'
import { Alarm, AlarmPolicy, AlarmRow, AlarmState, CommandRow, FireRow, ReasonCode, RuleFields, RuleRow, SlotRow, TargetKind, TargetRow, Tried } from './shapes_rule.ts'

const READ = 'iot.device.read'
const HANDLE = 'iot.alarm.handle'
const RULE = 'iot.rule.write'
export const AlarmFilter = z.object({ q: Text(40).optional(), community_id: Id.optional(), level: Level.optional(), state: AlarmState.optional(), device_id: Id.optional(), open: z.boolean().optional().meta({ zh: '只看未处置' }), from_on: Day.optional(), to_on: Day.optional() })
export type AlarmFilter = z.output<typeof AlarmFilter>
const One = Repeatable.extend({ alarm_id: Id })
export const ruleCalls = {
  sendCommand: write({
    zh: '控制设备', may: 'iot.command.comfort',
    takes: Repeatable.extend({ device_id: Id, command: Key, arg: z.number().min(-1e9).max(1e9).nullable().optional().meta({ zh: '参数' }), reason_code: ReasonCode.default('operation'), reason: Text(200).optional().meta({ zh: '原因' }) }),
    gives: z.object({ command_id: Id }), refuses: ['iot.not_online', 'iot.command_gone', 'iot.arg_out', 'iot.no_right_for', 'iot.reason_needed', 'iot.meter_reason', 'iot.in_maintenance', 'iot.command_open'],
  }),
  commands: read({ zh: '控制记录', may: READ, takes: Paging.extend({ device_id: Id }), gives: pageOf(CommandRow) }),

  alarms: read({ zh: '报警中心', may: READ, takes: Paging.extend(AlarmFilter.shape), gives: pageOf(AlarmRow).extend({ counts: z.record(AlarmState, z.int()) }) }),
  alarmsExcel: download({ zh: '导出报警', may: READ, takes: AlarmFilter, refuses: ['iot.too_many_rows'] }),
  alarm: read({ zh: '报警详情', may: READ, takes: z.object({ alarm_id: Id }), gives: Alarm }),
  ackAlarm: write({ zh: '确认报警', may: HANDLE, takes: One.extend({ note: Text(200).optional().meta({ zh: '说明' }) }), gives: z.object({ alarm_id: Id }), refuses: ['iot.alarm_over', 'iot.alarm_acked'] }),
  shelveAlarm: write({ zh: '搁置报警', may: HANDLE, takes: One.extend({ hours: z.int().min(1).max(168).meta({ zh: '搁置小时' }), reason: Reason }), gives: z.object({ alarm_id: Id, shelved_until: Instant }), refuses: ['iot.alarm_over'] }),
  disposeAlarm: write({ zh: '处置报警', may: HANDLE, takes: One.extend({ disposal: Needed(300).meta({ zh: '处置情况' }) }), gives: z.object({ alarm_id: Id }), refuses: ['iot.alarm_over'] }),
  alarmPolicy: read({ zh: '报警时限', may: READ, takes: z.object({}), gives: AlarmPolicy.extend({ from_on: Day.nullable() }) }),
  saveAlarmPolicy: write({ zh: '保存报警时限', may: RULE, takes: Repeatable.extend({ from_on: Day.meta({ zh: '生效日' }), ...AlarmPolicy.shape }), gives: z.object({ from_on: Day }), refuses: ['iot.plan_past'] }),

  /** What rules may act on in other modules, as these have told. */
  targets: read({ zh: '联动对象', may: RULE, takes: z.object({ kind: TargetKind, community_id: Id.optional() }), gives: z.object({ rows: z.array(TargetRow) }) }),
  rules: read({ zh: '联动规则', may: READ, takes: z.object({ product_id: Id.optional() }), gives: z.object({ rows: z.array(RuleRow) }) }),
  saveRule: write({ zh: '保存联动规则', may: RULE, takes: Repeatable.extend({ rule_id: Id.optional(), ...RuleFields }), gives: z.object({ rule_id: Id, version_no: z.int() }), refuses: ['iot.name_taken', 'iot.rule_wrong', 'iot.product_gone', 'iot.elsewhere', 'iot.no_right_target'] }),
  stopRule: write({ zh: '停用或启用联动规则', may: RULE, takes: Repeatable.extend({ rule_id: Id, stopped: z.boolean() }), gives: z.object({ rule_id: Id }), refuses: ['iot.no_right_target'] }),
  /** On what was measured: when it would have fired. */
  tryRule: read({ zh: '试算联动规则', may: RULE, takes: z.object({ ...RuleFields, name: Text(40).optional(), days: z.int().min(1).max(31).meta({ zh: '最近几天' }) }), gives: z.object({ rows: z.array(Tried), fire_count: z.int(), sample_count: z.int(), cut: z.boolean(), would: z.string().meta({ zh: '会做什么' }) }), refuses: ['iot.rule_wrong', 'iot.product_gone', 'iot.elsewhere', 'iot.no_right_target'] }),
  /** Of a rule by the clock: each moment, also those at which it did nothing. */
  ruleSlots: read({ zh: '定时规则的时刻记录', may: READ, takes: Paging.extend({ rule_id: Id }), gives: pageOf(SlotRow) }),
  ruleFires: read({ zh: '规则触发记录', may: READ, takes: Paging.extend({ rule_id: Id }), gives: pageOf(FireRow) }),
}
