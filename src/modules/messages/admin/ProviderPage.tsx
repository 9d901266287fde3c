// 短信通道: the company's own account at the provider, the numbers of its approved templates, the switch, and a trial.
import { Alert, Button, Form, Input } from 'antd'
import { useState } from 'react'
import { useRead, useWrite, type Out } from '../../../ui/api.ts'
import { Go } from '../../../ui/address.tsx'
import { StateTag } from '../../../ui/bits.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { Facts, ReadPage } from '../../../ui/pages.tsx'
import { useMay } from '../../../ui/session.ts'
import { messages } from '../contract.ts'

type State = Out<typeof messages.smsProvider.gives>

export default function ProviderPage() {
  const reading = useRead(messages.smsProvider, {})
  const may = useMay()
  const [open, setOpen] = useState<'config' | 'try'>()
  const turn = useWrite(messages.setSmsProvider, { done: '已保存' })
  const s = reading.data
  const p = s?.provider
  const writes = may('messages.provider.write')
  return (
    <ReadPage
      title="短信通道" loading={reading.loading} error={reading.error} retry={reading.retry}
      actions={writes && s ? (
        <>
          <Button onClick={() => setOpen('config')}>{p ? '修改配置' : '配置阿里云短信'}</Button>
          {p ? <Button onClick={() => setOpen('try')}>试发一条</Button> : null}
          {p ? <Button type={p.enabled ? 'default' : 'primary'} danger={p.enabled} loading={turn.running} onClick={() => void turn.run({ enabled: !p.enabled })}>{p.enabled ? '停用' : '启用'}</Button> : null}
        </>
      ) : null}
    >
      {s ? (
        <div className="hy-stack">
          {p?.enabled ? null : <Alert type={s.simulated ? 'info' : 'warning'} showIcon title={s.simulated ? '没有启用自己的短信通道:样例环境使用模拟短信,不会真的发出' : '没有启用短信通道:短信不会发出,业主收不到登录验证码'} />}
          {p ? <Facts facts={[['通道', '阿里云短信'], ['状态', <StateTag key="s" value={p.enabled ? 'on' : 'off'} words={{ on: '启用', off: '停用' }} tones={{ on: 'good' }} />], ['短信签名', p.sign_name], ['AccessKey ID', p.access_key_id], ['最近修改', `${p.changed_by_name} ${instant(p.changed_at)}`]]} /> : null}
          <section className="hy-card hy-stack" aria-label="通道模板号">
            <strong>通道模板</strong>
            <span className="hy-muted">运营商只发送审核过的文字:请在阿里云按下列变量申请模板,再把模板号填进配置。没有填模板号的不发短信。</span>
            {s.templates.map((t) => <span key={t.code}>{t.zh}:{p?.template_codes[t.code] ?? '未填'} <span className="hy-muted">变量 {t.params.map((x) => `\${${x.key}} ${x.zh}`).join('、')}</span></span>)}
          </section>
          <p><Go to="/messages/deliveries">查看短信记录</Go></p>
        </div>
      ) : null}
      {open === 'config' && s ? <ConfigModal state={s} close={() => setOpen(undefined)} /> : null}
      {open === 'try' ? <TryModal close={() => setOpen(undefined)} /> : null}
    </ReadPage>
  )
}

function ConfigModal({ state, close }: { state: State; close: () => void }) {
  const save = useWrite(messages.saveSmsProvider, { in_form: true, done: '已保存' })
  const p = state.provider
  return (
    <FormModal
      open onClose={close} width={640} title="阿里云短信" call={messages.saveSmsProvider} loading={save.running} submitError={save.error}
      fields={[
        { name: 'sign_name', help: '与阿里云审核通过的签名一致,不带【】' }, 'access_key_id',
        { name: 'access_key_secret', kind: 'password', ...(p ? { help: '不填表示不变' } : {}) },
        { name: 'template_codes', control: (c) => <Codes state={state} value={(c.value as Record<string, string> | undefined) ?? {}} onChange={(v) => c.onChange?.(v)} />, send: (v) => Object.fromEntries(Object.entries((v ?? {}) as Record<string, string>).filter(([, code]) => code !== '')) },
      ]}
      initial={{ sign_name: p?.sign_name ?? '', access_key_id: p?.access_key_id ?? '', template_codes: p?.template_codes ?? {} }}
      onSubmit={async (input) => { if (await save.run(input)) close() }}
    />
  )
}

function Codes({ state, value, onChange }: { state: State; value: Record<string, string>; onChange: (v: Record<string, string>) => void }) {
  return (
    <div className="hy-stack">
      {state.templates.map((t) => <Form.Item key={t.code} label={t.zh} style={{ marginBottom: 0 }}><Input aria-label={`${t.zh}的模板号`} placeholder="SMS_154950909" value={value[t.code] ?? ''} onChange={(e) => onChange({ ...value, [t.code]: e.target.value.trim() })} /></Form.Item>)}
    </div>
  )
}

function TryModal({ close }: { close: () => void }) {
  const send = useWrite(messages.trySms, { in_form: true, done: '已提交,结果见短信记录' })
  return (
    <FormModal
      open onClose={close} title="试发一条" call={messages.trySms} loading={send.running} submitError={send.error} submit="发送" note={<p className="hy-muted">发送一条验证码为 000000 的登录短信,不能用来登录。</p>}
      fields={['phone']} onSubmit={async (input) => { if (await send.run(input)) close() }}
    />
  )
}
