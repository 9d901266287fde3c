import { Button, Form, Table, Tag } from 'antd'
import { useRead, useWrite } from '../../../ui/api.ts'
import { ContractForm } from '../../../ui/ContractForm.tsx'
import { confirm, toast } from '../../../ui/feedback.tsx'
import { instant, maskedPhone } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { identity } from '../contract.ts'
import { words } from '../words.ts'

export default function AccountPage() {
  const me = useRead(identity.me, {}, { stale_ms: 60_000 })
  return (
    <DetailPage
      title="我的账号" loading={me.loading} error={me.data ? null : me.error} retry={me.retry}
      facts={[['姓名', me.data?.name], ['手机号', maskedPhone(me.data?.phone)], ['公司', me.data?.company_name], ['角色', me.data?.roles.join('、')]]}
      tabs={[
        { key: 'password', label: '修改口令', children: () => <PasswordForm /> },
        { key: 'devices', label: '登录设备', children: () => <Devices /> },
      ]}
    />
  )
}

function PasswordForm() {
  const [form] = Form.useForm()
  const change = useWrite(identity.changePassword, { in_form: true, done: '口令已修改' })
  return (
    <div style={{ maxWidth: 380 }}>
      <ContractForm
        form={form} call={identity.changePassword} loading={change.running} submitError={change.error}
        fields={[{ name: 'old_password', label: '当前口令' }, { name: 'new_password', label: '新口令', help: '至少 10 位,不能是常见口令,也不能包含登录名' }]}
        onSubmit={async (input) => { if (await change.run(input)) form.resetFields() }}
      >
        <Button type="primary" htmlType="submit" loading={change.running}>修改口令</Button>
      </ContractForm>
    </div>
  )
}

function Devices() {
  const sessions = useRead(identity.sessions, {})
  const end = useWrite(identity.endSession, { done: '已下线' })
  if (sessions.error) return <ErrorBlock error={sessions.error} retry={sessions.retry} />
  if (sessions.loading) return <LoadingBlock rows={3} />
  const endOne = async (session_id: string) => {
    if (await confirm({ title: '让这台设备下线?', ok: '下线', danger: true })) await end.run({ session_id }, session_id)
  }
  return (
    <Table
      size="small" pagination={false} rowKey="session_id" dataSource={sessions.data?.rows ?? []} scroll={{ x: 640 }}
      columns={[
        { title: '设备', dataIndex: 'agent', render: (v: string | null, r) => <>{deviceOf(v)} {r.current ? <Tag color="success" className="hy-tag hy-tag-good">本机</Tag> : null}</> },
        { title: '端', dataIndex: 'face', width: 90, render: (v: string) => words.states?.['face']?.[v] ?? v },
        { title: '来源地址', dataIndex: 'ip', width: 150, render: (v: string | null) => v ?? '—' },
        { title: '最近使用', dataIndex: 'seen_at', width: 150, render: (v: string) => instant(v) },
        { title: '操作', key: 'do', width: 90, render: (_, r) => (r.current ? <span className="hy-muted">使用中</span> : <Button type="link" size="small" danger loading={end.running} aria-label={`下线 ${deviceOf(r.agent)} ${instant(r.seen_at)}`} onClick={() => (end.running ? toast.info('正在处理') : void endOne(r.session_id))}>下线</Button>) },
      ]}
    />
  )
}

/** 'Chrome / Windows' out of a user agent. */
function deviceOf(agent: string | null): string {
  if (!agent) return '未知设备'
  const browser = /MicroMessenger/.test(agent) ? '微信' : /Edg\//.test(agent) ? 'Edge' : /Firefox\//.test(agent) ? 'Firefox' : /Chrome\//.test(agent) ? 'Chrome' : /Safari\//.test(agent) ? 'Safari' : agent.split(/[\s/]/)[0]
  const system = /Windows/.test(agent) ? 'Windows' : /iPhone|iPad/.test(agent) ? 'iOS' : /Android/.test(agent) ? 'Android' : /Mac OS/.test(agent) ? 'macOS' : /Linux/.test(agent) ? 'Linux' : ''
  return system ? `${browser} / ${system}` : String(browser)
}
