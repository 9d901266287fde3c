import { Button, Modal, Tag } from 'antd'
import { useMemo, useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import type { Control } from '../../../ui/fields.tsx'
import { confirm, toast } from '../../../ui/feedback.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, useSession } from '../../../ui/session.ts'
import { identity, type Member } from '../contract.ts'
import { GrantsEditor, grantText, usePlaces, type Grant } from './GrantsEditor.tsx'
import './identity.css'

/** Lines without a role were added and left: they are not sent. */
const GRANTS = { control: (c: Control) => <GrantsEditor {...c} />, send: (v: unknown) => ((v ?? []) as Grant[]).filter((g) => g.role_id) }
const STATE = { on: '正常', off: '已停用', locked: '已锁定' }
const stateOf = (m: Member): keyof typeof STATE => (m.disabled ? 'off' : m.locked_until ? 'locked' : 'on')

export default function MembersPage() {
  const may = useMay()
  const roles = useRead(identity.roles, {}, { enabled: may('identity.role.read'), stale_ms: 30_000 })
  const { names } = usePlaces()
  const filters = useMemo(
    (): readonly Filter[] => [
      { kind: 'text', name: 'q', label: '关键词', placeholder: '姓名、登录名、手机尾号' },
      { kind: 'select', name: 'role_id', label: '角色', options: (roles.data?.rows ?? []).map((r) => ({ value: r.role_id, label: r.name })), loading: roles.loading },
    ],
    [roles.data, roles.loading],
  )
  const columns = useMemo(
    (): readonly Column<Member>[] => [
      { key: 'name', title: '姓名', width: 110, always: true },
      { key: 'login', title: '登录名', width: 130 },
      { key: 'phone', title: '手机号', width: 120 },
      { key: 'post', title: '岗位', width: 110 },
      { key: 'grants', title: '角色与范围', width: 260, show: (m) => (m.grants.length ? <span className="id-tags">{m.grants.map((g) => <Tag key={g.grant_id} className="hy-tag">{grantText(g, names)}</Tag>)}</span> : <span className="hy-muted">未授权</span>) },
      { key: 'last_seen_at', title: '最近登录', width: 140, show: (m) => instant(m.last_seen_at) },
      { key: 'disabled', title: '状态', width: 80, show: (m) => <StateTag value={stateOf(m)} words={STATE} tones={{ on: 'good', off: 'plain', locked: 'warn' }} /> },
    ],
    [names],
  )
  const list = useList(identity.members, { filters })
  const [adding, setAdding] = useState(false)
  const [opened, setOpened] = useState<Member>()
  const [secret, setSecret] = useState<{ login: string; first_password: string }>()
  const writes = may('identity.member.write')
  return (
    <>
      <ListPage
        {...list} title="员工账号" name="identity.members" columns={columns} row_key="account_id"
        {...(writes ? { open: setOpened } : {})}
        actions={writes ? <Button type="primary" onClick={() => setAdding(true)}>新增员工</Button> : null}
        empty={{ text: '没有符合条件的员工账号', next: writes ? <Button onClick={() => setAdding(true)}>新增员工</Button> : null }}
      />
      <AddDrawer open={adding} close={() => setAdding(false)} made={setSecret} />
      {opened ? <EditDrawer key={opened.account_id} member={opened} close={() => setOpened(undefined)} made={setSecret} /> : null}
      <FirstPassword secret={secret} close={() => setSecret(undefined)} />
    </>
  )
}

type Made = (secret: { login: string; first_password: string }) => void

function AddDrawer({ open, close, made }: { open: boolean; close: () => void; made: Made }) {
  const add = useWrite(identity.addMember, { in_form: true })
  return (
    <FormDrawer
      open={open} onClose={close} title="新增员工" call={identity.addMember} loading={add.running} submitError={add.error} submit="新增" width={520}
      fields={['name', { name: 'login', help: '3 到 32 位字母、数字,以字母开头;用来登录,以后不能改' }, 'phone', 'post', { name: 'grants', label: '角色与范围', ...GRANTS }]}
      initial={{ grants: [{ role_id: '', scope_kind: 'company', scope_ids: [] }] }}
      onSubmit={async (input) => {
        const answer = await add.run(input)
        if (!answer) return
        close()
        made({ login: input.login, first_password: answer.first_password })
      }}
    />
  )
}

function EditDrawer({ member, close, made }: { member: Member; close: () => void; made: Made }) {
  const { account_id } = useSession()
  const save = useWrite(identity.setMember, { in_form: true, done: '已保存' })
  const toggle = useWrite(identity.setMember, { done: member.disabled ? '已启用' : '已停用' })
  const reset = useWrite(identity.resetPassword)
  const unlock = useWrite(identity.unlockMember, { done: '已解除锁定,口令不变' })
  const resetNow = async () => {
    if (!(await confirm({ title: `重置「${member.name}」的口令?`, content: '旧口令立即失效,所有设备下线。', ok: '重置口令' }))) return
    const answer = await reset.run({ account_id: member.account_id })
    if (answer) made({ login: member.login ?? '', first_password: answer.first_password })
  }
  const toggleNow = async () => {
    if (!member.disabled && !(await confirm({ title: `停用「${member.name}」?`, content: '立即下线并不能再登录,历史记录保留。', ok: '停用', danger: true }))) return
    if (await toggle.run({ account_id: member.account_id, disabled: !member.disabled })) close()
  }
  const self = member.account_id === account_id
  return (
    <FormDrawer
      open onClose={close} title={`员工账号:${member.name}`} call={identity.setMember} loading={save.running} submitError={save.error} width={520}
      fields={[{ name: 'name', label: '姓名' }, 'phone', { name: 'post', label: '岗位' }, { name: 'grants', label: '角色与范围', ...GRANTS }]}
      initial={{ name: member.name, phone: member.phone, post: member.post, grants: member.grants.map(({ role_id, scope_kind, scope_ids }) => ({ role_id, scope_kind, scope_ids })) }}
      fixed={{ account_id: member.account_id }}
      note={
        <div className="hy-line" style={{ marginBottom: 14 }}>
          <span className="hy-muted">登录名 {member.login ?? '—'},最近登录 {instant(member.last_seen_at)}</span>
          <span style={{ marginLeft: 'auto' }} className="hy-line">
            {member.locked_until ? <Button size="small" loading={unlock.running} title={`多次输错口令,锁定至 ${instant(member.locked_until)}`} onClick={() => void unlock.run({ account_id: member.account_id }).then((done) => done && close())}>解除锁定</Button> : null}
            <Button size="small" loading={reset.running} disabled={self} {...(self ? { title: '自己的口令请在「我的账号」修改' } : {})} onClick={() => void resetNow()}>重置口令</Button>
            <Button size="small" danger={!member.disabled} loading={toggle.running} disabled={self} {...(self ? { title: '不能停用自己' } : {})} onClick={() => void toggleNow()}>{member.disabled ? '启用' : '停用'}</Button>
          </span>
        </div>
      }
      onSubmit={async (input) => { if (await save.run(input)) close() }}
    />
  )
}

/** Shown once: the server keeps only its hash. */
function FirstPassword({ secret, close }: { secret: { login: string; first_password: string } | undefined; close: () => void }) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(`登录名:${secret?.login}\n初始口令:${secret?.first_password}`)
      toast.done('已复制')
    } catch {
      toast.warn('浏览器不允许复制,请手工抄写')
    }
  }
  return (
    <Modal
      open={secret !== undefined} title="初始口令" onCancel={close} mask={{ closable: false }} width={420}
      footer={<div className="hy-form-buttons"><Button onClick={() => void copy()}>复制</Button><Button type="primary" onClick={close}>我已记下</Button></div>}
    >
      <div className="hy-stack">
        <p>登录名 <strong>{secret?.login}</strong> 的初始口令只显示这一次,请当面交给本人;首次登录时必须修改。</p>
        <output className="id-password" aria-label="初始口令">{secret?.first_password}</output>
      </div>
    </Modal>
  )
}
