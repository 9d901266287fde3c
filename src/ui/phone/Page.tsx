// The frame of every phone page: heading, way back, tabs or a foot with the one main action.
import { useEffect, type ReactNode } from 'react'
import { Icon, type IconName } from './icons.tsx'
import { useOnline } from './online.ts'
import { Link, goBack, usePath } from './router.tsx'
import { takeNewShell, useNewShell } from './shell_update.ts'

export interface Tab {
  to: string
  label: string
  icon: IconName
  /** Things that want the person, shown on the tab. */
  count?: number
}

export function Page({ title, back, right, foot, tabs, strip, children }: { title: string; back?: string; right?: ReactNode; foot?: ReactNode; tabs?: ReactNode; strip?: ReactNode; children: ReactNode }) {
  useEffect(() => {
    document.title = title
  }, [title])
  return (
    <div className={`ph-page${tabs ? ' ph-with-tabs' : ''}${foot ? ' ph-with-foot' : ''}`}>
      <header className="ph-head">
        {back === undefined ? null : (
          <div className="ph-head-left">
            <button type="button" className="ph-icon-button" aria-label="返回" onClick={() => goBack(back)}><Icon name="back" /></button>
          </div>
        )}
        <h1>{title}</h1>
        {right ? <div className="ph-head-right">{right}</div> : null}
      </header>
      <Strips />
      {strip}
      <main className="ph-main">{children}</main>
      {foot ? <div className="ph-foot" role="region" aria-label="操作">{foot}</div> : null}
      {tabs}
    </div>
  )
}

function Strips() {
  const online = useOnline()
  const newer = useNewShell()
  return (
    <div aria-live="polite">
      {online ? null : <p className="ph-strip ph-strip-off">当前没有网络</p>}
      {newer ? <p className="ph-strip">有新版本<button type="button" onClick={takeNewShell}>立即更新</button></p> : null}
    </div>
  )
}

export function TabBar({ tabs }: { tabs: readonly Tab[] }) {
  const path = usePath()
  return (
    <nav className="ph-tabs" aria-label="主要页面">
      {tabs.map((t) => (
        <Link key={t.to} to={t.to} {...(path === t.to ? { 'aria-current': 'page' as const } : {})}>
          <Icon name={t.icon} />
          {t.label}
          {t.count ? <span className="ph-dot">{t.count > 99 ? '99+' : t.count}<span className="ph-unseen">项待处理</span></span> : null}
        </Link>
      ))}
    </nav>
  )
}
