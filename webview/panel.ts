// Entry point of dist/webview/panel.js: the panel in VS Code, and the script of the standalone page.
import { connectHost } from './app/hostLink';
import './panel.css';
import { PanelApp } from './app/panelApp';

new PanelApp(connectHost());
