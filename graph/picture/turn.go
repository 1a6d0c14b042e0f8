package picture

// The sizes of a turn: what is pressed must not be smaller than 24 pixels
// (WCAG 2.2, 2.5.8).
const (
	turnHeight = 24.0
	turnGap    = 3.0
	turnLeast  = 30.0
)

func (t Turn) width() float64 {
	if t.Href == "" {
		return 0
	}
	return max(textWidth(t.Text, labelSize, true)+16, turnLeast)
}

// size is the room that the turns of a node take below it.
func (t Turns) size() (w, h float64) {
	up, down := t.Upstream.width(), t.Downstream.width()
	if up+down == 0 {
		return 0, 0
	}
	return up + down + 8, turnGap + turnHeight
}

// drawTurns draws them below a node: what opens the left side on the left.
func (n *node) drawTurns(c *canvas, left, bottom, width float64) {
	n.turns.Upstream.draw(c, left, bottom+turnGap, string(n.ref.ID)+" up")
	n.turns.Downstream.draw(c, left+width-n.turns.Downstream.width(), bottom+turnGap, string(n.ref.ID)+" down")
}

func (t Turn) draw(c *canvas, x, y float64, name string) {
	w := t.width()
	if w == 0 {
		return
	}
	end := c.part(t.Href, "data-turn", name, t.Title)
	c.rect(x, y, w, turnHeight, look{fill: shade, stroke: soft, width: 1, round: 4})
	c.text(x+w/2, y+turnHeight/2, visible(t.Text), letters{size: labelSize, bold: true, anchor: "middle"})
	c.raw(end)
}
