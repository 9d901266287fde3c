// Who hears of an incident: whoever manages there at once; whom it is given to; whoever reviews it; whoever owes a measure.
import type { Scope } from '../../../kernel/scope.ts'
import { staffAt } from '../../identity/server/index.ts'
import { notify, type Notice, type Template } from '../../messages/server/index.ts'
import type { Incident } from './access.ts'

type Of = Pick<Incident, 'incident_id' | 'no' | 'kind' | 'place'>
export const linkOf = (incident_id: string): string => `/safety/incidents/${incident_id}`
export const noted = (o: Of, account_id: string, what: string, words: string, dedupe_key?: string): Notice => ({ to: { account_id }, template: 'safety_incident', params: { no: o.no, kind: o.kind, place: o.place, what, words: words.slice(0, 80) || '—' }, link: linkOf(o.incident_id), ...(dedupe_key ? { dedupe_key } : {}) })
export async function tellManagers(scope: Scope, o: Of & Pick<Incident, 'community_id' | 'building_id'>, what: string, words: string): Promise<void> {
  await notify(scope, (await staffAt(scope, 'safety.incident.manage', o)).filter((a) => a !== scope.who.account_id).map((a) => noted(o, a, what, words)))
}
export const tell = (scope: Scope, o: Of, account_ids: readonly string[], what: string, words: string): Promise<unknown> => notify(scope, [...new Set(account_ids)].filter((a) => a !== scope.who.account_id).map((a) => noted(o, a, what, words)))

export const safetyTemplates: readonly Template[] = [
  {
    code: 'safety_incident', zh: '安全事件:告知与提醒', category: 'work', title: '安全事件{what}:{kind}', app_text: '{place} {kind}({no}){what}:{words}。', sms_text: '【{sign}】{place} {kind}({no}){what}:{words}。',
    params: [{ key: 'no', zh: '事件编号', example: 'AQ2026-000012' }, { key: 'kind', zh: '种类', example: '火情火灾' }, { key: 'place', zh: '地点', example: '3 栋 1 单元楼道' }, { key: 'what', zh: '事项', example: '新报告' }, { key: 'words', zh: '内容', example: '楼道电动车起火,已扑灭' }],
  },
]
