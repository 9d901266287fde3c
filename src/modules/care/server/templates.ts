// What customer service says to staff and to residents; a company words them anew under 系统设置 → 消息模板.
import type { Template } from '../../messages/server/index.ts'

const CASE = [{ key: 'no', zh: '受理编号', example: 'TS2026-000012' }, { key: 'kind', zh: '类别', example: '环境卫生' }] as const
const make = (code: string, zh: string, title: string, text: string, more: Template['params']): Template => ({ code, zh, category: 'work', title, app_text: text, sms_text: `【{sign}】${text}`, params: [...CASE, ...more] })
export const careTemplates: readonly Template[] = [
  make('care_noted', '投诉:告知员工', '{what}:{kind}', '{no}({kind}){what}:{words}。答复时限 {due}。', [{ key: 'what', zh: '事项', example: '派给您处理' }, { key: 'words', zh: '内容', example: '垃圾桶满了没有清' }, { key: 'due', zh: '时限', example: '11-26 10:30' }]),
  make('care_limit', '投诉:时限提醒', '{what}:{kind}', '{no}({kind}){what},时限 {due},处理人 {worker}。', [{ key: 'what', zh: '提醒', example: '答复即将超时' }, { key: 'due', zh: '时限', example: '11-26 10:30' }, { key: 'worker', zh: '处理人', example: '王客服' }]),
  { code: 'care_application', zh: '服务申请:进度与待办', category: 'work', title: '{service}:{what}', app_text: '{service}({place},申请号 {no}){what}。', sms_text: '【{sign}】{service}({place},申请号 {no}){what}。', params: [{ key: 'no', zh: '申请号', example: 'FW2026-000008' }, { key: 'service', zh: '事项', example: '搬出放行条' }, { key: 'place', zh: '房号', example: '1-2-301' }, { key: 'what', zh: '进度', example: '已批准,放行凭条在手机上' }] },
  { code: 'care_survey', zh: '满意度调查:邀请抽中的业户', category: 'notice', title: '请您评价物业服务', app_text: '{place}被抽中参加「{title}」,请在 {until} 前作答。', sms_text: '【{sign}】{place}被抽中参加「{title}」,请在 {until} 前到业主端作答。', params: [{ key: 'title', zh: '调查', example: '2026 年下半年满意度调查' }, { key: 'place', zh: '房号', example: '1-2-301' }, { key: 'until', zh: '截止日', example: '2026-12-10' }] },
  make('care_progress', '投诉:告知业户进度', '投诉建议进度:{what}', '您反映的「{kind}」({no}){what}。', [{ key: 'what', zh: '进度', example: '已受理' }]),
]
