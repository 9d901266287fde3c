// What alarms say to staff; a company words them anew under 系统设置 → 消息模板.
import type { Template } from '../../messages/server/index.ts'

const PARAMS: Template['params'] = [{ key: 'title', zh: '报警', example: '东区生活水泵房:泵房积水' }, { key: 'place', zh: '位置', example: '东区水泵房' }]
export const iotTemplates: readonly Template[] = [
  { code: 'iot_alarm', zh: '智能设备:报警', category: 'work', title: '报警:{title}', app_text: '{place} {title},请确认并处置。', sms_text: '【{sign}】报警:{place} {title},请确认并处置。', params: PARAMS },
  { code: 'iot_alarm_late', zh: '智能设备:报警无人确认', category: 'work', title: '无人确认的报警:{title}', app_text: '{place} {title},已过时限仍无人确认,请督促处置。', sms_text: '【{sign}】{place} {title},已过时限仍无人确认。', params: PARAMS },
  { code: 'iot_water_house', zh: '用水提醒(住户)', category: 'notice', title: '用水提醒:{what}', app_text: '{house} 的水表{what}({facts})。请检查马桶、水龙头和管道;没有人在家时请关总阀。', sms_text: '【{sign}】{house} 的水表{what},请检查马桶、水龙头和管道。', params: [{ key: 'house', zh: '房号', example: '3-1-501' }, { key: 'what', zh: '情况', example: '连续流量,疑似漏水' }, { key: 'facts', zh: '依据', example: '已连续流量 30 小时' }] },
  { code: 'iot_fire', zh: '消防:火警待核实', category: 'work', title: '火警:{what}', app_text: '{place} 报火警:{what},请立即到现场核实。', sms_text: '【{sign}】火警:{place} {what},请立即核实。', params: [{ key: 'what', zh: '部件', example: '感烟火灾探测器 3栋走廊' }, { key: 'place', zh: '位置', example: '消防控制室' }] },
  { code: 'iot_fire_confirmed', zh: '消防:火警已确认', category: 'work', title: '火警已确认', app_text: '{place} 火警已确认({what}),联动已执行,请按应急预案处置。', sms_text: '【{sign}】火警已确认:{place} {what},请按应急预案处置。', params: [{ key: 'what', zh: '依据', example: '2 个独立的报警信号' }, { key: 'place', zh: '位置', example: '消防控制室' }] },
  { code: 'iot_rule', zh: '智能设备:联动规则触发', category: 'work', title: '联动:{rule}', app_text: '{place} {device}:{facts}。{did}', sms_text: '【{sign}】联动「{rule}」触发:{place} {device} {facts}。', params: [{ key: 'rule', zh: '规则', example: '一氧化碳超限开风机' }, { key: 'place', zh: '位置', example: '地下车库东区' }, { key: 'device', zh: '设备', example: '地下车库东区一氧化碳' }, { key: 'facts', zh: '依据', example: '一氧化碳 45.0 ppm,上限 30.0 ppm' }, { key: 'did', zh: '动作', example: '报警、命令' }] },
  { code: 'iot_storm', zh: '智能设备:报警集中发生', category: 'work', title: '{minutes} 分钟内 {count} 条报警', app_text: '{minutes} 分钟内发生 {count} 条报警,请到报警中心一并查看,多为停电或网络中断所致。', sms_text: '【{sign}】{minutes} 分钟内发生 {count} 条报警,请到报警中心查看。', params: [{ key: 'count', zh: '条数', example: '23' }, { key: 'minutes', zh: '分钟', example: '10' }] },
]
