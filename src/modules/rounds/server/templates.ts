// What rounds say to staff; a company words them anew under 系统设置 → 消息模板.
import type { Template } from '../../messages/server/index.ts'

const PARAMS: Template['params'] = [{ key: 'place', zh: '小区', example: '花园小区' }, { key: 'count', zh: '件数', example: '2' }, { key: 'names', zh: '任务', example: '地下车库夜巡、水泵房巡检' }]
const make = (code: string, zh: string, title: string, text: string): Template => ({ code, zh, category: 'work', title, app_text: text, sms_text: `【{sign}】${text}`, params: PARAMS })
export const roundTemplates: readonly Template[] = [
  make('round_late', '巡查:迟到提醒', '巡查已到时:{names}', '{place}有 {count} 项巡查已过应完成时间:{names}。请尽快完成,再迟即算漏检。'),
  make('round_missed', '巡查:漏检通知', '漏检 {count} 项:{place}', '{place}有 {count} 项巡查漏检:{names}。请查明原因,可责令补做。'),
  { code: 'upkeep_soon', zh: '保养:提前通知', category: 'work', title: '将到保养:{name}', app_text: '{place}「{name}」{at} 开始保养,备件与工具:{parts}。请提前准备。', sms_text: '【{sign}】{place}「{name}」{at} 开始保养,备件与工具:{parts}。', params: [{ key: 'place', zh: '小区', example: '花园小区' }, { key: 'name', zh: '计划', example: '生活水泵季度保养' }, { key: 'at', zh: '开始时间', example: '2026-12-01 00:00' }, { key: 'parts', zh: '备件', example: '轴承、机封' }] },
  make('finding_late', '巡查:整改超期', '整改超期 {count} 项:{place}', '{place}有 {count} 个巡查问题过了整改期限:{names}。'),
  { code: 'finding_new', zh: '秩序问题:新上报', category: 'work', title: '秩序问题:{subject}', app_text: '{place} {subject}:{words}。责任部门{department},{hours} 小时内处理。', sms_text: '【{sign}】{place} {subject}:{words}。{hours} 小时内处理。', params: [{ key: 'subject', zh: '种类', example: '乱停乱放' }, { key: 'place', zh: '地点', example: '东门' }, { key: 'words', zh: '情况', example: '两辆车停在出口' }, { key: 'department', zh: '责任部门', example: '秩序部' }, { key: 'hours', zh: '时限(小时)', example: '2' }] },
]
