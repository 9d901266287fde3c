// Roles: at the left the list, at the right what the chosen one may do.
import { Alert, Button, Checkbox, Input, Tag } from 'antd'
import { useId, useMemo, useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { useSearchState } from '../../../ui/address.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { useMay } from '../../../ui/session.ts'
import { identity, type Role } from '../contract.ts'
import './identity.css'

interface Draft {
  role_id: string | undefined
  name: string
  permissions: readonly string[]
}

export default function RolesPage() {
  const roles = useRead(identity.roles, {})
  const list = useRead(identity.permissions, {}, { stale_ms: 600_000 })
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const [fresh, setFresh] = useState<Draft>()
  const rows = roles.data?.rows ?? []
  const chosen = rows.find((r) => r.role_id === search['role']) ?? rows[0]
  const groups = list.data?.groups ?? []
  const writes = may('identity.role.write')
  const leave = () => setFresh(undefined)
  return (
    <ReadPage
      title="角色权限" loading={roles.loading || list.loading} error={roles.error ?? list.error} retry={() => { roles.retry(); list.retry() }}
      actions={writes ? <Button type="primary" onClick={() => setFresh({ role_id: undefined, name: '', permissions: [] })}>新增角色</Button> : null}
    >
      <div className="id-roles">
        <ul className="hy-card id-role-list" aria-label="角色">
          {rows.map((r) => (
            <li key={r.role_id}>
              <button type="button" aria-current={!fresh && r.role_id === chosen?.role_id} onClick={() => { leave(); setSearch({ role: r.role_id }) }}>
                {r.name}
                {r.built_in ? <Tag className="hy-tag">预置</Tag> : null}
                <span className="hy-muted">{r.member_count} 人</span>
              </button>
            </li>
          ))}
        </ul>
        {fresh ? (
          <RoleEditor key="fresh" start={fresh} groups={groups} editable close={leave} saved={(id) => { leave(); setSearch({ role: id }) }} />
        ) : chosen ? (
          <RoleEditor key={chosen.role_id} role={chosen} start={chosen} groups={groups} editable={writes && !chosen.built_in} saved={() => undefined} {...(writes ? { copy: (d: Draft) => setFresh(d) } : {})} />
        ) : null}
      </div>
    </ReadPage>
  )
}

interface Group {
  module: string
  zh: string
  permissions: { code: string; zh: string }[]
}
interface EditorProps {
  role?: Role
  start: Pick<Draft, 'name' | 'permissions'> & { role_id?: string | undefined }
  groups: readonly Group[]
  editable: boolean
  saved: (role_id: string) => void
  close?: () => void
  copy?: (d: Draft) => void
}
function RoleEditor({ role, start, groups, editable, saved, close, copy }: EditorProps) {
  const all = useMemo(() => groups.flatMap((g) => g.permissions.map((p) => p.code)), [groups])
  const begin = useMemo(() => (start.permissions.includes('*') ? all : start.permissions), [start.permissions, all])
  const [name, setName] = useState(start.name)
  const [picked, setPicked] = useState<ReadonlySet<string>>(() => new Set(begin))
  const save = useWrite(identity.saveRole, { in_form: true, done: '已保存' })
  const remove = useWrite(identity.removeRole, { done: '已删除' })
  const id = useId()
  const changed = start.role_id === undefined || name !== start.name || picked.size !== begin.length || begin.some((p) => !picked.has(p))
  const pick = (codes: readonly string[], on: boolean) => {
    const next = new Set(picked)
    for (const c of codes) if (on) next.add(c); else next.delete(c)
    setPicked(next)
  }
  const submit = async () => {
    const answer = await save.run({ ...(start.role_id ? { role_id: start.role_id } : {}), name, permissions: [...picked].sort() })
    if (answer) saved(answer.role_id)
  }
  const removeNow = async () => {
    if (role && (await confirm({ title: `删除角色「${role.name}」?`, ok: '删除', danger: true }))) await remove.run({ role_id: role.role_id })
  }
  return (
    <section className="hy-card hy-stack" aria-label={role ? `角色 ${role.name}` : '新角色'}>
      <div className="hy-line">
        <label htmlFor={id}>角色名称</label>
        <Input id={id} style={{ width: 220 }} value={name} maxLength={30} disabled={!editable} onChange={(e) => setName(e.target.value)} />
        <span className="hy-muted">已选 {picked.size} / {all.length} 项</span>
        <span style={{ marginLeft: 'auto' }} className="hy-line">
          {copy ? <Button onClick={() => copy({ role_id: undefined, name: `${start.name} 副本`, permissions: [...picked] })}>复制为新角色</Button> : null}
          {role && editable ? <Button danger loading={remove.running} onClick={() => void removeNow()}>删除角色</Button> : null}
        </span>
      </div>
      {role?.built_in ? <Alert type="info" showIcon title="系统预置角色随版本更新,不能修改。需要不同的权限时,请「复制为新角色」。" /> : null}
      {save.error ? <Alert type="error" showIcon role="alert" title={save.error.message} /> : null}
      <div className="id-perms">
        {groups.map((g) => <PermissionGroup key={g.module} group={g} picked={picked} pick={pick} editable={editable} />)}
      </div>
      {editable ? (
        <div className="id-bar">
          <Button type="primary" disabled={!changed || name.trim() === ''} loading={save.running} onClick={() => void submit()}>保存</Button>
          <Button disabled={!changed && !close} onClick={() => { setName(start.name); setPicked(new Set(begin)); close?.() }}>取消</Button>
          {changed ? <span className="hy-muted">有未保存的修改</span> : null}
        </div>
      ) : null}
    </section>
  )
}

function PermissionGroup({ group, picked, pick, editable }: { group: Group; picked: ReadonlySet<string>; pick: (codes: readonly string[], on: boolean) => void; editable: boolean }) {
  const codes = group.permissions.map((p) => p.code)
  const count = codes.filter((c) => picked.has(c)).length
  return (
    <fieldset className="id-perm-group">
      <legend>
        <Checkbox checked={count === codes.length} indeterminate={count > 0 && count < codes.length} disabled={!editable} onChange={(e) => pick(codes, e.target.checked)}>{group.zh}({count}/{codes.length})</Checkbox>
      </legend>
      {group.permissions.map((p) => (
        <Checkbox key={p.code} checked={picked.has(p.code)} disabled={!editable} onChange={(e) => pick([p.code], e.target.checked)}>{p.zh}</Checkbox>
      ))}
    </fieldset>
  )
}
