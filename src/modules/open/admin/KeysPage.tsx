// 接口密钥: of other systems; shown once, revoked at once.
import { Button, Select } from 'antd'
import { useState } from 'react'
import { addDays, today } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import type { Control } from '../../../ui/fields.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { identity } from '../../identity/contract.ts'
import { open, type KeyRow } from '../contract.ts'
import { words } from '../words.ts'
import { Once, PlacesInput } from './shared.tsx'

const YEAR = 365
export default function KeysPage() {
  const keys = useRead(open.keys, {})
  const rights = useRead(identity.permissions, {}, { stale_ms: 600_000 })
  const revoke = useWrite(open.revokeKey, { done: '已吊销,立即失效' })
  const [making, setMaking] = useState(false)
  const name_of = new Map((rights.data?.groups ?? []).flatMap((g) => g.permissions.map((p) => [p.code, p.zh])))
  const columns: readonly Column<KeyRow>[] = [
    { key: 'name', title: '名称', width: 140 }, { key: 'state', title: '状态', width: 80, show: (r) => <StateTag value={r.state} words={words.states?.['key']} tones={{ live: 'good', expired: 'warn', revoked: 'plain' }} /> }, { key: 'key_hint', title: '末四位', width: 75 }, { key: 'permissions', title: '权限', width: 250, show: (r) => r.permissions.map((p) => name_of.get(p) ?? p).join('、') }, { key: 'scope_text', title: '范围', width: 110 },
    { key: 'per_minute', title: '每分钟最多', width: 95 }, { key: 'expires_at', title: '到期', width: 105, show: (r) => instant(r.expires_at).slice(0, 10) }, { key: 'used_at', title: '最近使用', width: 160, show: (r) => (r.used_at ? `${instant(r.used_at)} ${r.used_ip ?? ''}` : '还没有用过') },
    { key: 'act', title: '操作', width: 80, show: (r) => (r.state === 'revoked' ? null : <Button size="small" danger onClick={() => void confirm({ title: `吊销「${r.name}」?`, content: '对方立即不能再调用,不能恢复。', ok: '吊销', danger: true }).then((y) => (y ? revoke.run({ key_id: r.key_id }, r.key_id) : undefined))}>吊销</Button>) },
  ]
  return (
    <ReadPage title="接口密钥" loading={keys.loading} error={keys.error} retry={keys.retry} actions={<Button type="primary" onClick={() => setMaking(true)}>开具密钥</Button>}>
      <RowsTable label="接口密钥" rows={keys.data?.rows ?? []} row_key="key_id" columns={columns} empty="还没有密钥:财务、门禁等外部系统调用接口时开具" next={<Button onClick={() => setMaking(true)}>开具密钥</Button>} />
      {making ? <KeyDrawer close={() => setMaking(false)} /> : null}
    </ReadPage>
  )
}
function KeyDrawer({ close }: { close: () => void }) {
  const make = useWrite(open.makeKey, { in_form: true })
  const [made, setMade] = useState<string>()
  if (made) return <Once title="接口密钥" text={made} close={close} />
  return <FormDrawer open onClose={close} width={640} title="开具接口密钥" submit="开具" call={open.makeKey} loading={make.running} submitError={make.error} fields={[{ name: 'name', placeholder: '如:用友财务' }, { name: 'permissions', wide: true, control: (c) => <RightsInput {...c} /> }, { name: 'community_ids', wide: true, control: (c) => <PlacesInput {...c} /> }, 'per_minute', 'expires_on']} initial={{ name: '', permissions: [], community_ids: [], per_minute: 120, expires_on: addDays(today(), YEAR) }} onSubmit={async (i) => { const a = await make.run(i); if (a) setMade(a.key_secret) }} />
}
const BARRED = new Set(['identity', 'open'])
function RightsInput({ value, onChange, id }: Control) {
  const rights = useRead(identity.permissions, {}, { stale_ms: 600_000 })
  const options = (rights.data?.groups ?? []).filter((g) => !BARRED.has(g.module)).map((g) => ({ label: g.zh, options: g.permissions.filter((p) => !/\.(approve|decide)$/.test(p.code)).map((p) => ({ value: p.code, label: p.zh })) }))
  return <Select id={id ?? 'permissions'} aria-label="权限" mode="multiple" showSearch={{ optionFilterProp: 'label' }} options={options} placeholder="只给需要的权限" value={(value as string[] | undefined) ?? []} onChange={(v) => onChange?.(v)} />
}
