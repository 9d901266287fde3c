// 收款规则: what holds today for the place chosen above, and every version with its day. A change is a new version from a day on.
import { Alert, Button, Drawer, Form, Input, InputNumber, Select, Switch } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useRead, useWrite, type In } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { MoneyInput } from '../../../ui/fields.tsx'
import { money } from '../../../ui/format.ts'
import { Facts, ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { payment } from '../contract.ts'
import type { RuleKind } from '../contract_shift.ts'
import { words } from '../words.ts'
import { RULE_FORMS, type RuleField } from './rule_forms.ts'

const DayInput = lazy(() => import('../../../ui/dates.tsx').then((m) => ({ default: m.DayInput })))

const shown = (f: RuleField, v: unknown): string =>
  f.as === 'switch' ? (v ? '是' : '否') : f.as === 'money' ? `${money(Number(v))} 元` : f.as === 'select' ? (f.options?.find((o) => o.value === v)?.label ?? String(v)) : `${String(v)}${f.unit ?? ''}`

export default function RulesPage() {
  const { place_id, place_name } = usePlace()
  const may = useMay()
  const rules = useRead(payment.rules, place_id ? { community_id: place_id } : {})
  const [open, setOpen] = useState<RuleKind>()
  const d = rules.data
  return (
    <>
      <ReadPage title="收款规则" loading={rules.loading} error={rules.error} retry={rules.retry}>
        {d ? (
          <div className="hy-stack">
            {(Object.keys(RULE_FORMS) as RuleKind[]).map((kind) => (
              <section key={kind} className="hy-card" aria-label={RULE_FORMS[kind].title}>
                <div className="hy-line"><h2 style={{ margin: 0, fontSize: 16, flex: 1 }}>{RULE_FORMS[kind].title} <span className="hy-muted">{place_id ? place_name : '全公司'} 今天执行</span></h2>{may('payment.rule.write') ? <Button onClick={() => setOpen(kind)}>设定新版本</Button> : null}</div>
                <Facts facts={RULE_FORMS[kind].fields.map((f) => [f.label, shown(f, (d.now[kind] as Record<string, unknown>)[f.name])])} />
              </section>
            ))}
            <RowsTable
              label="规则版本" rows={d.versions} row_key="rule_id" empty="还没有设定过,按上面的默认执行"
              columns={[
                { key: 'kind', title: '规则', width: 110, show: (r) => RULE_FORMS[r.kind].title },
                { key: 'community_name', title: '适用', width: 120, show: (r) => r.community_name ?? '全公司' },
                { key: 'from_on', title: '生效日', width: 110 },
                { key: 'state', title: '状态', width: 90, show: (r) => <StateTag value={r.state} words={words.states?.['rule_state']} tones={{ now: 'good', future: 'busy', past: 'plain' }} /> },
                { key: 'value', title: '内容', width: 380, show: (r) => RULE_FORMS[r.kind].fields.map((f) => `${f.label}:${shown(f, r.value[f.name])}`).join(';') },
                { key: 'note', title: '说明', width: 140 },
                { key: 'created_by_name', title: '设定人', width: 100 },
                { key: 'created_at', title: '设定时间', width: 150 },
              ]}
            />
          </div>
        ) : null}
      </ReadPage>
      {open && d ? <Edit kind={open} initial={d.now[open]} close={() => setOpen(undefined)} /> : null}
    </>
  )
}

function Edit({ kind, initial, close }: { kind: RuleKind; initial: object; close: () => void }) {
  const { place_id, places } = usePlace()
  const [form] = Form.useForm()
  const save = useWrite(payment.saveRule, { in_form: true, done: '已设定' })
  const def = RULE_FORMS[kind]
  const control = (f: RuleField) =>
    f.as === 'switch' ? <Switch /> : f.as === 'money' ? <MoneyInput /> : f.as === 'select' ? <Select options={[...(f.options ?? [])]} /> : <InputNumber min={0} max={1000} {...(f.unit ? { suffix: f.unit } : {})} />
  return (
    <Drawer open onClose={close} title={`${def.title}:新版本`} size={480} closable={{ 'aria-label': '关闭' }} footer={<div className="hy-form-buttons"><Button onClick={close}>取消</Button><Button type="primary" loading={save.running} onClick={() => form.submit()}>保存</Button></div>}>
      <Form
        form={form} layout="vertical" initialValues={{ ...initial, community_id: place_id ?? '', from_on: today() }}
        onFinish={async (v: Record<string, unknown>) => {
          const { community_id, from_on, note, ...value } = v
          const input = { community_id: community_id || null, from_on, ...(note ? { note } : {}), rule: { kind, value } } as unknown as In<typeof payment.saveRule.takes>
          if (await save.run(input)) close()
        }}
      >
        {save.error ? <Alert type="error" showIcon role="alert" title={save.error.message} style={{ marginBottom: 12 }} /> : null}
        <Form.Item name="community_id" label="适用小区"><Select options={[{ value: '', label: '全公司' }, ...places.map((p) => ({ value: p.id, label: p.name }))]} /></Form.Item>
        {def.fields.map((f) => <Form.Item key={f.name} name={f.name} label={f.label} extra={f.help} {...(f.as === 'switch' ? { valuePropName: 'checked' } : { rules: [{ required: true, message: '必填' }] })}>{control(f)}</Form.Item>)}
        <Suspense fallback={null}><Form.Item name="from_on" label="生效日" rules={[{ required: true, message: '必填' }]}><DayInput /></Form.Item></Suspense>
        <Form.Item name="note" label="说明"><Input maxLength={100} placeholder="依据或原因(选填)" /></Form.Item>
      </Form>
    </Drawer>
  )
}
