// What owners hear of a vote; a company words it anew under 系统设置 → 消息模板.
import type { Template } from '../../messages/server/index.ts'

export const voteTemplates: readonly Template[] = [
  { code: 'votes_told', zh: '业主大会表决:公示、开始、结果', category: 'notice', title: '业主大会表决:{what}', app_text: '「{title}」{what}。{more}', sms_text: '【{sign}】「{title}」{what}。{more}', params: [{ key: 'title', zh: '表决', example: '2026 年第一次业主大会' }, { key: 'what', zh: '事项', example: '已开始' }, { key: 'more', zh: '说明', example: '请在 12-15 18:00 前投票' }] },
  { code: 'committee_due', zh: '业委会:应启动换届', category: 'work', title: '{community}应启动业委会换届', app_text: '{community}{name}任期至 {until},应启动换届。', sms_text: '【{sign}】{community}{name}任期至 {until},应启动换届。', params: [{ key: 'community', zh: '小区', example: '花园小区' }, { key: 'name', zh: '届', example: '第 3 届业主委员会' }, { key: 'until', zh: '任期止', example: '2027-05-31' }] },
]
