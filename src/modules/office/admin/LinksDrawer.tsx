// 用于工作: which categories of orders, kinds and plans of rounds, and categories of equipment open this rule.
import { Select } from 'antd'
import { useRead, useWrite } from '../../../ui/api.ts'
import type { Control } from '../../../ui/fields.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { LINKS, office, type Link, type RuleDetail } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'

const keyOf = (l: Link): string => `${l.at}:${l.target_id}`
const linkOf = (key: string): Link => ({ at: key.split(':')[0] as Link['at'], target_id: key.split(':')[1]! })
export function LinksDrawer({ d, close }: { d: RuleDetail; close: () => void }) {
  const save = useWrite(office.saveLinks, { in_form: true, done: '已保存' })
  return (
    <FormDrawer
      open onClose={close} title="用于哪些工作" call={office.saveLinks} fixed={{ doc_id: d.doc_id }} loading={save.running} submitError={save.error} fields={[{ name: 'links', wide: true, control: (c) => <LinksInput {...c} d={d} /> }]}
      initial={{ links: d.links.map(({ at, target_id }) => ({ at, target_id })) }} onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}
function LinksInput({ value, onChange, id, d }: Control & { d: RuleDetail }) {
  const q = useRead(office.choices, { community_id: d.community_id }, { stale_ms: 60_000 })
  const known = new Map([...d.links, ...(q.data?.links ?? [])].map((l) => [keyOf(l), l]))
  const options = LINKS.map((at) => ({ label: words.states!['link']![at]!, title: words.states!['link']![at]!, options: [...known.values()].filter((l) => l.at === at).map((l) => ({ value: keyOf(l), label: `${said('link', at)}:${l.name}` })) })).filter((g) => g.options.length > 0)
  return <Select {...(id ? { id } : {})} mode="multiple" aria-label="用于哪些工作" loading={q.loading} value={((value as Link[] | undefined) ?? []).map(keyOf)} onChange={(keys: string[]) => onChange?.(keys.map(linkOf))} options={options} showSearch optionFilterProp="label" placeholder="报修分类、巡查种类、巡查保养计划、设备分类" style={{ width: '100%' }} />
}
