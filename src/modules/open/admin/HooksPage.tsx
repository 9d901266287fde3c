// 事件推送: what is told to which address.
import { Button, Select, Tag } from 'antd'
import { useState } from 'react'
import { Go } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import type { Column } from '../../../ui/columns.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import type { Control } from '../../../ui/fields.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { optionsOf } from '../../../ui/list.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { open, type HookRow } from '../contract.ts'
import { words } from '../words.ts'
import { Once, PlacesInput } from './shared.tsx'

const EVENT = words.states!['event']!
const REFRESH_MS = 10_000
export default function HooksPage() {
  const hooks = useRead(open.hooks, {}, { refresh_ms: REFRESH_MS, keep: true })
  const stop = useWrite(open.stopHook, { done: '已变更' })
  const rotate = useWrite(open.rotateSecret)
  const test = useWrite(open.testHook, { done: '已发出,结果见推送记录' })
  const [editing, setEditing] = useState<HookRow | 'new'>()
  const [secret, setSecret] = useState<string>()
  const columns: readonly Column<HookRow>[] = [
    { key: 'name', title: '名称', width: 130, show: (r) => <><Go to={`/open/hooks/${r.hook_id}`}>{r.name}</Go>{r.stopped ? <Tag>停用</Tag> : null}</> }, { key: 'url', title: '地址', width: 190 }, { key: 'events', title: '事件', width: 180, show: (r) => r.events.map((e) => EVENT[e]).join('、') }, { key: 'scope_text', title: '范围', width: 80 },
    { key: 'done_count', title: '近 7 天送达', width: 95 }, { key: 'failed_count', title: '未送达', width: 65, show: (r) => <span className={r.failed_count > 0 ? 'hy-red' : ''}>{r.failed_count}</span> }, { key: 'waiting_count', title: '待送', width: 50 }, { key: 'last_at', title: '最近一次', width: 130, show: (r) => instant(r.last_at) },
    { key: 'act', title: '操作', width: 240, show: (r) => <span className="hy-line"><Button size="small" disabled={r.stopped} loading={test.running} onClick={() => void test.run({ hook_id: r.hook_id }, r.hook_id)}>测试</Button><Button size="small" onClick={() => setEditing(r)}>修改</Button><Button size="small" onClick={() => void stop.run({ hook_id: r.hook_id, stopped: !r.stopped }, r.hook_id)}>{r.stopped ? '启用' : '停用'}</Button><Button size="small" onClick={() => void confirm({ title: '更换签名密钥?', content: '旧密钥再用 24 小时,其间两个签名都带上。', ok: '更换' }).then(async (y) => { if (y) setSecret((await rotate.run({ hook_id: r.hook_id }, r.hook_id))?.key_secret) })}>换密钥</Button></span> },
  ]
  return (
    <ReadPage title="事件推送" loading={hooks.loading} error={hooks.error} retry={hooks.retry} actions={<Button type="primary" onClick={() => setEditing('new')}>新增推送</Button>}>
      <RowsTable label="事件推送" rows={hooks.data?.rows ?? []} row_key="hook_id" columns={columns} empty="还没有推送:收款、工单、报警等发生时通知外部系统" next={<Button onClick={() => setEditing('new')}>新增推送</Button>} />
      {editing ? <HookDrawer hook={editing === 'new' ? undefined : editing} close={() => setEditing(undefined)} show={setSecret} /> : null}
      {secret ? <Once title="签名密钥" text={secret} close={() => setSecret(undefined)} /> : null}
    </ReadPage>
  )
}
function HookDrawer({ hook, close, show }: { hook: HookRow | undefined; close: () => void; show: (secret: string) => void }) {
  const save = useWrite(open.saveHook, { in_form: true, done: '已保存' })
  return <FormDrawer open onClose={close} width={620} title={hook ? `修改 ${hook.name}` : '新增事件推送'} call={open.saveHook} loading={save.running} submitError={save.error} fixed={hook ? { hook_id: hook.hook_id } : {}} fields={[{ name: 'name', placeholder: '如:集团数据平台' }, { name: 'url', placeholder: 'https://…' }, { name: 'events', wide: true, control: (c) => <EventsInput {...c} /> }, { name: 'community_ids', wide: true, control: (c) => <PlacesInput {...c} /> }]} initial={hook ? { name: hook.name, url: hook.url, events: hook.events, community_ids: hook.community_ids } : { name: '', url: '', events: [], community_ids: [] }} onSubmit={async (i) => { const a = await save.run(i); if (!a) return; close(); if (a.key_secret) show(a.key_secret) }} />
}
const OPTIONS = optionsOf(EVENT).filter((o) => o.value !== 'ping')
const EventsInput = ({ value, onChange, id }: Control) => <Select id={id ?? 'events'} aria-label="事件" mode="multiple" options={OPTIONS} value={(value as string[] | undefined) ?? []} onChange={(v) => onChange?.(v)} />
