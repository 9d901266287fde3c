// What duty rooms say to staff; a company words them anew under 系统设置 → 消息模板.
import type { Template } from '../../messages/server/index.ts'

const make = (code: string, zh: string, title: string, text: string, params: Template['params']): Template => ({ code, zh, category: 'work', title, app_text: text, sms_text: `【{sign}】${text}`, params })
const ROOM = { key: 'room', zh: '值班室', example: '消防控制室' }
const SHIFT = { key: 'shift', zh: '班次', example: '夜班' }
export const dutyTemplates: readonly Template[] = [
  make('duty_offered', '值班:请接班', '请接班:{room} {shift}', '{name} 已清点签字,请核对后接「{room}」{shift}。', [ROOM, SHIFT, { key: 'name', zh: '交班人', example: '张强' }]),
  make('duty_declined', '值班:没有接班', '没有接班:{room}', '{name} 没有接「{room}」的班:{reason}。请核对后重新交班。', [ROOM, { key: 'name', zh: '接班人', example: '李明' }, { key: 'reason', zh: '原因', example: '对讲机少 1 台' }]),
  make('duty_untaken', '值班:逾期未交接', '逾期未交接:{room} {shift}', '「{room}」{shift}({people})已过 {minutes} 分钟还没有交接,请了解情况。', [ROOM, SHIFT, { key: 'people', zh: '值班人', example: '张强、李明' }, { key: 'minutes', zh: '分钟', example: '15' }]),
  make('duty_hole', '值班:空班', '空班:{room} {shift}', '「{room}」{at} 的{shift}应有 {want} 人,现有 {have} 人,请尽快排班。', [ROOM, SHIFT, { key: 'at', zh: '开始', example: '2026-12-01 20:00' }, { key: 'want', zh: '应有', example: '2' }, { key: 'have', zh: '现有', example: '1' }]),
]
