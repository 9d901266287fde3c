// 微信公众号: the account, its templates by day, who has bound.
import { Alert, Button, Form, Input } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useRead, useWrite, type Out } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { messages } from '../contract.ts'
import type { Binding } from '../contract_wechat.ts'
import { words } from '../words.ts'

type State = Out<typeof messages.wechatAccount.gives>
type TemplateRow = State['templates'][number]

export default function WechatPage() {
  const reading = useRead(messages.wechatAccount, {})
  const writes = useMay()('messages.wechat.write')
  const [open, setOpen] = useState(false)
  const turn = useWrite(messages.setWechat, { done: '已保存' })
  const check = useWrite(messages.checkWechat, { done: (a) => `微信已接受配置,凭据有效至 ${instant(a.expires_at)}` })
  const s = reading.data
  const a = s?.account
  const flip = async () => {
    if (a?.enabled && !(await confirm({ title: '停用公众号?', content: '停用后不再发微信消息,业主在微信中改走网页支付;绑定保留。', ok: '停用', danger: true }))) return
    await turn.run({ enabled: !a?.enabled })
  }
  return (
    <>
      <DetailPage
        title="微信公众号" loading={reading.loading} error={reading.error} retry={reading.retry}
        tags={a ? <StateTag value={a.enabled ? 'on' : 'off'} words={{ on: '启用', off: '停用' }} tones={{ on: 'good' }} /> : null}
        actions={writes && s ? (
          <>
            <Button onClick={() => setOpen(true)}>{a ? '修改配置' : '配置公众号'}</Button>
            {a ? <Button loading={check.running} onClick={() => void check.run({})}>检测配置</Button> : null}
            {a ? <Button type={a.enabled ? 'default' : 'primary'} danger={a.enabled} loading={turn.running} onClick={() => void flip()}>{a.enabled ? '停用' : '启用'}</Button> : null}
          </>
        ) : null}
        facts={a && s ? [
          ['公众号', `${a.name}${a.simulated ? '(模拟)' : ''}`], ['AppID', a.appid], ['网页授权域名', a.web_origin ?? (a.simulated ? '按打开的网址(模拟)' : '未填')], ['推送地址', `${a.web_origin ?? ''}${s.push_path}`], ['推送方式', words.states?.['push_mode']?.[a.push_mode]],
          ['接口凭据', s.token?.expires_at ? `有效至 ${instant(s.token.expires_at)}` : '尚未换取'], ['当日限额', s.token?.quota_until ? `已满,${instant(s.token.quota_until)} 恢复` : '未满'], ['已绑定', `${s.bound_count} 人`], ['最近修改', `${a.changed_by_name} ${instant(a.changed_at)}`],
        ] : []}
        tabs={s ? [{ key: 'templates', label: '微信模板', children: () => <Templates rows={s.templates} writes={writes} /> }, { key: 'bindings', label: '绑定', badge: s.bound_count, children: () => <Bindings /> }] : []}
      >
        {s && !a ? <Alert type="info" showIcon title="还没有配置公众号:业主收不到微信消息,在微信中只能走网页支付。需要已认证的服务号。" /> : null}
      </DetailPage>
      {open && s ? <ConfigModal state={s} close={() => setOpen(false)} /> : null}
    </>
  )
}

function ConfigModal({ state, close }: { state: State; close: () => void }) {
  const save = useWrite(messages.saveWechat, { in_form: true, done: '已保存' })
  const a = state.account
  const kept = a ? { help: '不填表示不变' } : {}
  return (
    <FormModal
      open onClose={close} width={640} title="微信公众号" call={messages.saveWechat} loading={save.running} submitError={save.error} words={{ push_mode: words.states?.['push_mode'] }}
      note={<p className="hy-muted">在公众号后台:把服务器公网地址加进 IP 白名单,把网址的域名填进「网页授权域名」,服务器地址填 {'<网址>'}{state.push_path}。密钥加密保存,不再显示。</p>}
      fields={[
        'name', 'appid', { name: 'app_secret', kind: 'password', ...kept }, { name: 'web_origin', help: '如 https://wuye.example.cn,业主端打开的网址' },
        { name: 'push_token', kind: 'password', ...kept }, 'push_mode', { name: 'aes_key', kind: 'password', help: a ? '不填表示不变' : '安全模式必填' },
      ]}
      initial={{ name: a?.name ?? '', appid: a?.appid ?? '', web_origin: a?.web_origin ?? null, push_mode: a?.push_mode ?? 'aes' }}
      onSubmit={async (input) => { if (await save.run(input)) close() }}
    />
  )
}

const textOf = (fields: Record<string, string>): string => Object.entries(fields).map(([k, v]) => `${k} = ${v}`).join(';')
function Templates({ rows, writes }: { rows: readonly TemplateRow[]; writes: boolean }) {
  const [open, setOpen] = useState<TemplateRow>()
  const now = (t: TemplateRow) => t.versions.find((v) => v.now)
  return (
    <div className="hy-stack">
      <span className="hy-muted">先在公众号后台选用模板,再把模板 ID 和各字段填在这里;没有填的消息不发微信。</span>
      <RowsTable
        label="微信模板" rows={rows} row_key="code" empty="没有消息模板"
        columns={[
          { key: 'zh', title: '消息', width: 150 },
          { key: 'template_id', title: '微信模板编号', width: 220, show: (t) => now(t)?.template_id ?? <span className="hy-muted">不发微信</span> },
          { key: 'fields', title: '字段', width: 320, show: (t) => textOf(now(t)?.fields ?? {}) || '—' },
          { key: 'from_on', title: '生效日', width: 110, show: (t) => now(t)?.from_on ?? '—' },
          { key: 'next', title: '将生效', width: 160, show: (t) => t.versions.filter((v) => !v.now && v.from_on > today()).map((v) => `${v.from_on} ${v.template_id ?? '停发'}`).join(';') || '—' },
          ...(writes ? [{ key: 'act', title: '操作', width: 80, show: (t: TemplateRow) => <Button size="small" onClick={() => setOpen(t)}>设置</Button> }] : []),
        ]}
      />
      {open ? <TemplateModal row={open} close={() => setOpen(undefined)} /> : null}
    </div>
  )
}

function TemplateModal({ row, close }: { row: TemplateRow; close: () => void }) {
  const save = useWrite(messages.saveWechatTemplate, { in_form: true, done: '已保存' })
  const last = row.versions[0]
  return (
    <FormModal
      open onClose={close} width={640} title={`微信模板:${row.zh}`} call={messages.saveWechatTemplate} loading={save.running} submitError={save.error}
      fields={[
        'from_on', { name: 'template_id', help: '不填:从生效日起不发微信' },
        { name: 'fields', control: (c) => <FieldsEditor params={row.params} value={(c.value as Record<string, string> | undefined) ?? {}} onChange={(v) => c.onChange?.(v)} />, send: (v) => Object.fromEntries(Object.entries((v ?? {}) as Record<string, string>).filter(([k, x]) => k !== '' && x !== '')) },
      ]}
      initial={{ from_on: today(), template_id: last?.template_id ?? null, fields: last?.fields ?? {} }} fixed={{ template: row.code }}
      onSubmit={async (input) => { if (await save.run(input)) close() }}
    />
  )
}

const FIELDS_MAX = 10
function FieldsEditor({ params, value, onChange }: { params: TemplateRow['params']; value: Record<string, string>; onChange: (v: Record<string, string>) => void }) {
  const [rows, setRows] = useState<[string, string][]>(() => [...Object.entries(value), ['', '']])
  const set = (i: number, at: 0 | 1, text: string): void => {
    const next = rows.map((r, j): [string, string] => (j === i ? (at === 0 ? [text.trim(), r[1]] : [r[0], text]) : r))
    if (i === rows.length - 1 && text && rows.length < FIELDS_MAX) next.push(['', ''])
    setRows(next)
    onChange(Object.fromEntries(next.filter(([k]) => k !== '')))
  }
  return (
    <div className="hy-stack">
      {rows.map(([k, v], i) => (
        <div key={i} className="hy-line" style={{ flexWrap: 'nowrap' }}>
          <Input aria-label={`第 ${i + 1} 个字段名`} style={{ width: 160 }} placeholder="thing1" value={k} onChange={(e) => set(i, 0, e.target.value)} />
          <Input aria-label={`第 ${i + 1} 个字段内容`} placeholder="{house}" value={v} onChange={(e) => set(i, 1, e.target.value)} />
        </div>
      ))}
      <Form.Item noStyle><span className="hy-muted">可用内容:{params.map((p) => `{${p.key}} ${p.zh}`).join('、')}、{'{sign}'} 公司简称。thing 最多 20 字,超过自动截短。</span></Form.Item>
    </div>
  )
}

const FILTERS: readonly Filter[] = [{ kind: 'text', name: 'phone', label: '手机号', placeholder: '完整 11 位' }, { kind: 'check', name: 'live_only', label: '只看现在绑定的' }]
function Bindings() {
  const list = useList(messages.wechatBindings, { filters: FILTERS })
  const [open, setOpen] = useState<Binding>()
  const end = useWrite(messages.unbindWechatOf, { in_form: true, done: '已解绑' })
  const columns: readonly Column<Binding>[] = [
    { key: 'phone_masked', title: '手机号', width: 130, always: true },
    { key: 'openid_masked', title: '微信标识', width: 140 },
    { key: 'follows', title: '关注', width: 90, show: (r) => (r.follows === null ? '不知道' : r.follows ? '已关注' : '未关注') },
    { key: 'bound_at', title: '绑定时间', width: 160 },
    { key: 'unbound_at', title: '解绑', width: 260, show: (r) => (r.unbound_at ? `${instant(r.unbound_at)} ${r.unbound_by_name ?? ''}${r.unbind_reason ? `:${r.unbind_reason}` : ''}` : '—') },
    { key: 'act', title: '操作', width: 90, show: (r) => (r.unbound_at ? null : <CanButton size="small" can={r.can.unbind} words={words} onClick={() => setOpen(r)}>解绑</CanButton>) },
  ]
  return (
    <>
      <ListPage {...list} inside title="绑定" name="messages.wechat_bindings" columns={columns} row_key="binding_id" empty={{ text: '还没有业主绑定微信' }} />
      {open ? <ReasonModal open title={`解除 ${open.phone_masked} 的微信绑定`} loading={end.running} submitError={end.error} onClose={() => setOpen(undefined)} onConfirm={(reason) => void end.run({ binding_id: open.binding_id, reason }, open.binding_id).then((done) => done && setOpen(undefined))} /> : null}
    </>
  )
}
