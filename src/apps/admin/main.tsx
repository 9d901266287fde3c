import { createRoot } from 'react-dom/client'
import { speakAs } from '../../ui/api.ts'
import '../../ui/ui.css'
import './admin.css'
import { AdminApp } from './AdminApp.tsx'

speakAs('admin')
createRoot(document.getElementById('root')!).render(<AdminApp />)
