// The shell: navigation at the left, bar at the top, the page, bar at the bottom.
import { isTyping } from './typing.ts'
import { Outlet, useLocation } from '@tanstack/react-router'
import { Drawer } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { HelpDrawer } from './HelpDrawer.tsx'
import { useMe } from './me.ts'
import { SideNav } from './SideNav.tsx'
import { TopBar } from './TopBar.tsx'
import { useMedia, useOnline } from './watch.ts'

const FOLDED = 'heyuan.nav.folded'

export function Frame() {
  const narrow = useMedia('(max-width: 1000px)')
  const [folded, setFolded] = useState(() => localStorage.getItem(FOLDED) === '1')
  const [help_open, setHelpOpen] = useState(false)
  const path = useLocation({ select: (l) => l.pathname })
  // The drawer belongs to the page it was opened on: going elsewhere closes it.
  const [nav_at, setNavAt] = useState<string>()
  const main = useRef<HTMLElement>(null)
  const first = useRef(true)
  useEffect(() => {
    main.current?.scrollTo(0, 0)
    // A new page: the keyboard starts there, not in the menu that was left. On the first page the browser decides.
    if (first.current) first.current = false
    else if (document.activeElement === document.body || document.activeElement?.closest('.ad-nav')) main.current?.focus({ preventScroll: true })
  }, [path])
  useEffect(() => {
    const keys = (e: KeyboardEvent) => {
      if (e.key === '?' && !isTyping(e.target)) setHelpOpen(true)
    }
    addEventListener('keydown', keys)
    return () => removeEventListener('keydown', keys)
  }, [])
  const fold = () => {
    if (narrow) return setNavAt(path)
    localStorage.setItem(FOLDED, folded ? '0' : '1')
    setFolded(!folded)
  }
  return (
    <div className="ad-frame">
      <a className="ad-skip" href="#main">跳到正文</a>
      <TopBar fold={fold} folded={narrow || folded} openHelp={() => setHelpOpen(true)} />
      <div className="ad-middle">
        {narrow ? (
          <Drawer open={nav_at === path} placement="left" size={232} title="菜单" onClose={() => setNavAt(undefined)} closable={{ 'aria-label': '关闭' }} styles={{ body: { padding: '6px 0' } }}>
            <SideNav folded={false} />
          </Drawer>
        ) : (
          <div className={folded ? 'ad-side ad-side-folded' : 'ad-side'}><SideNav folded={folded} /></div>
        )}
        <main id="main" className="ad-main" tabIndex={-1} ref={main}><Offline /><Outlet /></main>
      </div>
      <BottomBar openHelp={() => setHelpOpen(true)} />
      <HelpDrawer open={help_open} close={() => setHelpOpen(false)} />
    </div>
  )
}

function Offline() {
  return useOnline() ? null : <div className="ad-offline" role="alert">网络已断开:现在看到的可能不是最新数据,恢复前无法保存。</div>
}

function BottomBar({ openHelp }: { openHelp: () => void }) {
  const me = useMe()
  return (
    <footer className="ad-bottom">
      <span>和院 {me.version}</span>
      {me.mode === 'sample' ? <span className="ad-sample" role="note">样例环境:数据均为虚构,可随意操作</span> : null}
      {me.mode === 'test' ? <span className="ad-sample" role="note">测试环境</span> : null}
      <span className="ad-grow" />
      <button type="button" className="ad-text-button" onClick={openHelp}>帮助</button>
    </footer>
  )
}
